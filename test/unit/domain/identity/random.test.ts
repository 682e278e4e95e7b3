import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, hashText, shuffle } from "../../../../domain/identity/random.js";

describe("createRandom", () => {
  it("repeats for equal seeds and stays in [0, 1)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.maxSafeNat()), (seed) => {
        const [left, right] = [createRandom(seed), createRandom(seed)];
        for (let draw = 0; draw < 20; draw += 1) {
          const value = left();
          expect(right()).toBe(value);
          expect(value >= 0 && value < 1).toBe(true);
        }
      }),
    );
  });

  it("is uniform: mean, variance and bucket counts agree with theory", () => {
    const random = createRandom(12345);
    const draws = Array.from({ length: 100_000 }, () => random());
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
    const buckets = new Array<number>(20).fill(0);
    for (const value of draws) buckets[Math.floor(value * 20)]! += 1;
    // Chi-squared with 19 degrees of freedom: 43.8 is its 99.9 % quantile.
    const chiSquared = buckets.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
    expect(chiSquared).toBeLessThan(43.8);
  });

  it("gives consecutive seeds unrelated first draws", () => {
    const first = Array.from({ length: 2000 }, (_, seed) => createRandom(seed)());
    const below = first.filter((value) => value < 0.5).length;
    expect(Math.abs(below - 1000)).toBeLessThan(150);
  });
});

describe("hashText", () => {
  it("distinguishes similar texts", () => {
    const hashes = Array.from({ length: 5000 }, (_, index) => hashText(`${index}-0a1b2c3d`));
    expect(new Set(hashes).size).toBe(5000);
  });
});

describe("shuffle", () => {
  it("keeps every item and leaves its input alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const before = [...items];
        const shuffled = shuffle(items, createRandom(seed));
        expect(items).toEqual(before);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });
});
