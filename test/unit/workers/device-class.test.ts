import fc from "fast-check";
import { expect, it } from "vitest";
import { configFileSchema } from "../../../domain/config/schema.js";
import { classOfDevice } from "../../../workers/device-class.js";

it.each([
  ["cpu", "cpu"],
  ["NVIDIA A40", "a40"],
  ["NVIDIA H100 80GB HBM3", "h100"],
  ["NVIDIA H100 PCIe", "h100"],
  ["NVIDIA H200", "h200"],
  ["NVIDIA H200 141GB HBM3e", "h200"],
  ["NVIDIA A100-SXM4-80GB", "a100"],
  ["NVIDIA A100-SXM4-40GB MIG 1g.5gb", "a100"],
  ["Tesla T4", "t4"],
  ["NVIDIA L40S", "l40s"],
  ["NVIDIA GeForce RTX 4090", "rtx-4090"],
  ["NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"],
  ["NVIDIA", "nvidia"],
])("%s is of class %s", (device, gpuClass) => {
  expect(classOfDevice(device)).toBe(gpuClass);
});

it("gives a class that a config can name, or none, for any name", () => {
  const { gpuClass } = configFileSchema.shape.run.unwrap().shape;
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (device) => {
      const given = classOfDevice(device);
      expect(given === "" || gpuClass.safeParse(given).success).toBe(true);
    }),
  );
});
