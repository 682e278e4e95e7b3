import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalibrationPoint } from "../../../../domain/uncertainty/choose-threshold.js";
import {
  auroc,
  chooseThreshold,
  measureThreshold,
  sweepThresholds,
} from "../../../../domain/uncertainty/choose-threshold.js";

const point = (margin: number, baseWrong: boolean): CalibrationPoint => ({ margin, baseWrong });
const anyPoints = fc.array(
  fc.record({
    margin: fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    baseWrong: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

const example = [
  point(0.1, true),
  point(0.3, true),
  point(0.4, false),
  point(0.8, true),
  point(0.9, false),
  point(1, false),
];

describe("measureThreshold", () => {
  it("counts the flagged by margin < tau", () => {
    const quality = measureThreshold(example, 0.4);
    expect(quality.flagged).toBe(2);
    expect(quality.truePositiveRate).toBeCloseTo(2 / 3, 12);
    expect(quality.falsePositiveRate).toBe(0);
    expect(quality.f1).toBeCloseTo(4 / 5, 12);
    expect(quality.youdenJ).toBeCloseTo(2 / 3, 12);
  });

  it("is 0, not NaN, if a class is empty", () => {
    expect(measureThreshold([point(0.5, false)], 0)).toEqual({
      tau: 0,
      truePositiveRate: 0,
      falsePositiveRate: 0,
      f1: 0,
      youdenJ: 0,
      flagged: 0,
    });
  });

  it("equals the trivial estimator if all are flagged", () => {
    const all = measureThreshold(example, 2);
    expect([all.truePositiveRate, all.falsePositiveRate, all.youdenJ]).toEqual([1, 1, 0]);
  });
});

describe("sweepThresholds", () => {
  it("flags more and more with a rising tau", () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const flagged = sweepThresholds(points, [0, 0.25, 0.5, 0.75, 1, 1.01]).map(
          (q) => q.flagged,
        );
        expect(flagged).toEqual([...flagged].sort((left, right) => left - right));
      }),
    );
  });
});

describe("auroc", () => {
  it("is the chance that a wrong answer has the smaller margin", () => {
    // Of 9 pairs, 8 are in order: 0.8 (wrong) is above 0.4 (right).
    expect(auroc(example)).toBeCloseTo(8 / 9, 12);
    expect(auroc([point(0.5, true), point(0.5, false)])).toBe(0.5);
  });

  it("does not exist with one class only", () => {
    expect(auroc([point(0.5, true)])).toBeNull();
    expect(auroc([point(0.5, false)])).toBeNull();
  });

  it("becomes its complement if wrong and right are swapped", () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const value = auroc(points);
        const opposite = auroc(points.map(({ margin, baseWrong }) => point(margin, !baseWrong)));
        if (value === null) expect(opposite).toBeNull();
        else expect(opposite).toBeCloseTo(1 - value, 12);
      }),
    );
  });
});

describe("chooseThreshold", () => {
  it("takes the smallest tau of the best J, in the middle of the gap", () => {
    // J is 2/3 both for {0.1, 0.3} and for {0.1 .. 0.8}: fewer trainings win.
    const chosen = chooseThreshold(example);
    expect(chosen.tau).toBeCloseTo(0.35, 12);
    expect(chosen).toMatchObject({ flagged: 2, count: 6, wrong: 3 });
    expect(chosen.auroc).toBeCloseTo(8 / 9, 12);
  });

  it("flags none if the base model was never wrong, and all if it was never right", () => {
    expect(chooseThreshold([point(0.2, false), point(1, false)])).toMatchObject({
      tau: 0,
      flagged: 0,
      auroc: null,
    });
    expect(chooseThreshold([point(0.2, true), point(1, true)])).toMatchObject({
      tau: 2,
      flagged: 2,
      youdenJ: 1,
    });
  });

  it("refuses to choose without points", () => {
    expect(() => chooseThreshold([])).toThrow(
      new RangeError("a threshold needs at least one calibration point"),
    );
  });

  it("beats or equals every other threshold and does not depend on the order of points", () => {
    fc.assert(
      fc.property(anyPoints, fc.double({ min: -1, max: 3, noNaN: true }), (points, tau) => {
        const chosen = chooseThreshold(points);
        expect(chosen.youdenJ).toBeGreaterThanOrEqual(measureThreshold(points, tau).youdenJ - 1e-9);
        expect(chooseThreshold([...points].reverse())).toEqual(chosen);
        expect(measureThreshold(points, chosen.tau)).toMatchObject({ flagged: chosen.flagged });
      }),
    );
  });

  it("separates neighbouring doubles", () => {
    const upper = 0.5;
    const lower = 0.5 - Number.EPSILON / 4;
    expect(chooseThreshold([point(lower, true), point(upper, false)])).toMatchObject({
      youdenJ: 1,
    });
  });
});
