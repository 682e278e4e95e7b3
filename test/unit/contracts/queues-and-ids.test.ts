import { expect, it } from "vitest";
import { CPU_QUEUE, ORCHESTRATOR_QUEUE, gpuQueue } from "../../../contracts/queues-and-ids.js";

it("names a class's queue as recorded sweeps do", () => {
  expect(gpuQueue("a40")).toBe("whetstone-a40");
  expect(gpuQueue("h100")).toBe("whetstone-h100");
});

it("gives tasks of no class to every GPU worker", () => {
  expect(gpuQueue(undefined)).toBe("whetstone-gpu");
});

it("keeps GPU classes off the other roles' queues", () => {
  expect(gpuQueue("cpu")).toBe("whetstone-gpu-cpu");
  expect(gpuQueue("orchestrator")).toBe("whetstone-gpu-orchestrator");
  const queues = ["cpu", "orchestrator", "a40"].map(gpuQueue);
  expect(queues).not.toContain(CPU_QUEUE);
  expect(queues).not.toContain(ORCHESTRATOR_QUEUE);
});
