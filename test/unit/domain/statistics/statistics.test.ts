import fc from "fast-check";
import * as simple from "simple-statistics";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../domain/identity/random.js";
import {
  clusteredInterval,
  countFlips,
  exactMcNemar,
  holm,
  mean,
  pairedBootstrap,
  quantile,
  sampleStandardDeviation,
} from "../../../../domain/statistics/statistics.js";

const anyNumbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2 });
const anyShare = fc.double({ min: 0, max: 1, noNaN: true });

describe("mean and sampleStandardDeviation", () => {
  it("agree with simple-statistics", () => {
    fc.assert(
      fc.property(anyNumbers, (values) => {
        expect(mean(values)).toBeCloseTo(simple.mean(values), 6);
        expect(sampleStandardDeviation(values)).toBeCloseTo(
          simple.sampleStandardDeviation(values),
          6,
        );
      }),
    );
  });

  it("divide by n - 1", () => {
    // numpy.std([2, 4, 4, 4, 5, 5, 7, 9], ddof=1); the population figure is 2.
    expect(sampleStandardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.138089935299395, 12);
  });

  it("have no deviation for fewer than two values", () => {
    expect(sampleStandardDeviation([1])).toBeNull();
    expect(sampleStandardDeviation([])).toBeNull();
  });
});

describe("countFlips", () => {
  it("counts both ways", () => {
    const pair = (base: boolean, variant: boolean) => ({ base, variant });
    expect(
      countFlips([pair(false, true), pair(false, true), pair(true, false), pair(true, true)]),
    ).toEqual({ gained: 2, lost: 1, bothRight: 1, bothWrong: 0 });
  });
});

describe("exactMcNemar", () => {
  // Exact binomial sums in rational arithmetic (Python's fractions).
  it.each([
    [0, 0, 1],
    [1, 0, 1],
    [3, 3, 1],
    [5, 15, 0.04138946533203125],
    [0, 10, 0.001953125],
    [30, 12, 0.007915897334896727],
    [100, 140, 0.011664092317677663],
    [600, 400, 2.7284641560660184e-10],
    [1000, 1100, 0.030720707864242296],
  ])("of %d and %d flips is %d", (gained, lost, expected) => {
    expect(exactMcNemar(gained, lost) / expected).toBeCloseTo(1, 9);
  });

  it("is symmetric, within (0, 1], and falls as a split grows more uneven", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (gained, lost) => {
        const value = exactMcNemar(gained, lost);
        expect(value > 0 && value <= 1).toBe(true);
        expect(exactMcNemar(lost, gained)).toBe(value);
        if (gained > 0 && gained <= lost) {
          expect(exactMcNemar(gained - 1, lost + 1)).toBeLessThanOrEqual(value);
        }
      }),
    );
  });
});

describe("holm", () => {
  it("steps down as in a worked example", () => {
    // Sorted: .005 x 4, .01 x 3, .03 x 2, .04 x 1 raised to .06.
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, index) => {
      expect(adjusted[index]).toBeCloseTo(expected, 12);
    });
  });

  it("raises p-values, keeps their order and stays within [p, min(1, p x n)]", () => {
    fc.assert(
      fc.property(fc.array(anyShare, { minLength: 1, maxLength: 8 }), (values) => {
        const adjusted = holm(values);
        const least = Math.min(...values);
        expect(adjusted[values.indexOf(least)]).toBeCloseTo(Math.min(1, least * values.length), 12);
        values.forEach((value, index) => {
          expect(adjusted[index]!).toBeGreaterThanOrEqual(value);
          expect(adjusted[index]!).toBeLessThanOrEqual(1);
          values.forEach((other, position) => {
            if (value < other) expect(adjusted[index]!).toBeLessThanOrEqual(adjusted[position]!);
          });
        });
      }),
    );
    expect(holm([])).toEqual([]);
  });
});

describe("quantile", () => {
  it("interpolates as numpy does", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const found = [0.025, 0.5, 0.975, 0.3].map((share) => quantile(values, share));
    [1, 3.5, 8.475, 2.1].forEach((expected, index) => {
      expect(found[index]).toBeCloseTo(expected, 12);
    });
  });
});

describe("clusteredInterval", () => {
  const random = createRandom(1);
  const outcomes = Array.from({ length: 200 }, () => (random() < 0.6 ? 1 : 0));

  it("agrees with the binomial standard error if each cluster is one value", () => {
    const { estimate, low, high } = clusteredInterval(outcomes.map((value) => [value]));
    const share = mean(outcomes);
    const halfWidth = 1.96 * Math.sqrt((share * (1 - share)) / outcomes.length);
    expect(estimate).toBeCloseTo(share, 12);
    expect(Math.abs(high - low - 2 * halfWidth)).toBeLessThan(0.1 * 2 * halfWidth);
  });

  it("does not grow surer by repeating each sample's outcome five times", () => {
    const once = clusteredInterval(outcomes.map((value) => [value]));
    const fiveTimes = clusteredInterval(outcomes.map((value) => Array<number>(5).fill(value)));
    expect(fiveTimes.high - fiveTimes.low).toBeCloseTo(once.high - once.low, 12);
  });

  it("is repeatable by its seed and contains its estimate", () => {
    const clusters = fc.array(fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(clusters, fc.nat(), (values, seed) => {
        const options = { resamples: 400, seed };
        const interval = clusteredInterval(values, options);
        expect(clusteredInterval(values, options)).toEqual(interval);
        expect(interval.low).toBeLessThanOrEqual(interval.estimate + 1e-9);
        expect(interval.high).toBeGreaterThanOrEqual(interval.estimate - 1e-9);
        expect(interval.low >= 0 && interval.high <= 1).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(
      clusteredInterval(
        outcomes.map((v) => [v]),
        { seed: 1 },
      ).low,
    ).toBeCloseTo(
      clusteredInterval(
        outcomes.map((v) => [v]),
        { seed: 2 },
      ).low,
      1,
    );
  });

  it("skips empty clusters and refuses to work on nothing", () => {
    expect(clusteredInterval([[1], [], [1]])).toEqual({ estimate: 1, low: 1, high: 1 });
    expect(() => clusteredInterval([[]])).toThrow(
      new RangeError("an interval needs at least one value"),
    );
  });
});

describe("pairedBootstrap", () => {
  it("finds a clear gain and no gain", () => {
    const gain = Array.from({ length: 100 }, (_, row) => ({ base: 0, variant: row < 20 ? 1 : 0 }));
    const clear = pairedBootstrap(gain);
    expect(clear.estimate).toBeCloseTo(0.2, 12);
    expect(clear.low).toBeGreaterThan(0.1);
    expect(clear.pValue).toBeLessThan(0.001);
    expect(clear.pValue).toBeGreaterThan(0);
    const even = Array.from({ length: 100 }, (_, row) => ({
      base: row % 4 === 0 ? 1 : 0,
      variant: row % 4 === 1 ? 1 : 0,
    }));
    expect(pairedBootstrap(even).pValue).toBeGreaterThan(0.8);
  });

  it("is 1 without differences", () => {
    const equal = pairedBootstrap([{ base: 1, variant: 1 }]);
    expect(equal).toEqual({ estimate: 0, low: 0, high: 0, pValue: 1 });
  });

  it("comes near the exact McNemar test's verdict on 0/1 outcomes", () => {
    const pairs = Array.from({ length: 200 }, (_, row) => ({
      base: row < 12 ? 1 : 0,
      variant: row >= 12 && row < 42 ? 1 : 0,
    }));
    const { pValue } = pairedBootstrap(pairs);
    expect(pValue).toBeLessThan(0.02);
    expect(exactMcNemar(30, 12)).toBeLessThan(0.02);
  });

  it("refuses to compare nothing", () => {
    expect(() => pairedBootstrap([])).toThrow(
      new RangeError("a comparison needs at least one sample"),
    );
  });
});
