import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveBaseSeed, deriveSeed } from "../../../../domain/identity/seeds.js";

const anySeed = fc.maxSafeNat();
const anyStep = fc.constantFrom("synthesize", "train", "answer");

describe("deriveBaseSeed", () => {
  it("gives different seed indices different seeds, each below 2^53", () => {
    const seeds = Array.from({ length: 1000 }, (_, index) => deriveBaseSeed(index));
    expect(new Set(seeds).size).toBe(1000);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  });

  it("never changes between versions unnoticed", () => {
    expect([deriveBaseSeed(0), deriveBaseSeed(1)]).toMatchInlineSnapshot(`
      [
        8819163251420608,
        5050864466333607,
      ]
    `);
  });

  it.each([-1, 0.5, Number.NaN])("refuses the index %d", (index) => {
    expect(() => deriveBaseSeed(index)).toThrow(
      new RangeError(`a seed index is a whole number from 0, got ${String(index)}`),
    );
  });
});

describe("deriveSeed", () => {
  it("is a safe integer and repeatable", () => {
    fc.assert(
      fc.property(anySeed, fc.string(), anyStep, fc.nat(), fc.nat(), (base, key, step, k, n) => {
        const seed = deriveSeed(base, key, step, k, n);
        expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
        expect(deriveSeed(base, key, step, k, n)).toBe(seed);
      }),
    );
  });

  it("changes with every one of its parts", () => {
    const base = deriveBaseSeed(0);
    const seeds = [
      deriveSeed(base, "7-0a1b2c3d", "synthesize", 0, 1),
      deriveSeed(base + 1, "7-0a1b2c3d", "synthesize", 0, 1),
      deriveSeed(base, "8-0a1b2c3d", "synthesize", 0, 1),
      deriveSeed(base, "7-0a1b2c3d", "train", 0, 1),
      deriveSeed(base, "7-0a1b2c3d", "synthesize", 1, 1),
      deriveSeed(base, "7-0a1b2c3d", "synthesize", 0, 2),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("uses all 53 bits", () => {
    const seeds = Array.from({ length: 200 }, (_, k) => deriveSeed(1, "0-00000000", "train", k, 1));
    expect(seeds.some((seed) => seed % 2 === 1) && seeds.some((seed) => seed % 2 === 0)).toBe(true);
    expect(Math.max(...seeds)).toBeGreaterThan(2 ** 52);
  });
});
