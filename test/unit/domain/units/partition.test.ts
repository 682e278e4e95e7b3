import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partitionOf } from "../../../../domain/units/partition.js";

describe("partitionOf", () => {
  it("is stable and within range", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 500 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(partitions);
        expect(partitionOf(key, partitions)).toBe(partition);
      }),
    );
  });

  it("spreads consecutive rows over all partitions about evenly", () => {
    const counts = new Array<number>(8).fill(0);
    for (let row = 0; row < 4000; row += 1) {
      const partition = partitionOf(`${row}-0a1b2c3d`, 8);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(400);
    expect(Math.max(...counts)).toBeLessThan(600);
  });

  it.each([0, -1, 1.5])("refuses %d partitions", (partitions) => {
    expect(() => partitionOf("a", partitions)).toThrow(
      new RangeError(`partitions must be a whole number from 1, got ${String(partitions)}`),
    );
  });
});
