import { expect, it } from "vitest";
import { sharedQueues } from "../../../workers/shared-queues.js";

it("takes the class from the engine's device", () => {
  expect(sharedQueues(undefined, "cpu")).toEqual([
    "whetstone-gpu",
    "whetstone-gpu-cpu",
    "whetstone-a40",
  ]);
  expect(sharedQueues(undefined, "NVIDIA H100 PCIe")).toContain("whetstone-h100");
});

it("serves only the given class besides sweeps that name none", () => {
  expect(sharedQueues("h100", "cpu")).toEqual(["whetstone-gpu", "whetstone-h100"]);
});

it("serves each queue once", () => {
  expect(sharedQueues(undefined, "NVIDIA A40")).toEqual(["whetstone-gpu", "whetstone-a40"]);
  expect(sharedQueues("gpu", "cpu")).toEqual(["whetstone-gpu"]);
});

it("serves sweeps of no class and earlier ones if the engine does not name its device", () => {
  expect(sharedQueues(undefined, undefined)).toEqual(["whetstone-gpu", "whetstone-a40"]);
});
