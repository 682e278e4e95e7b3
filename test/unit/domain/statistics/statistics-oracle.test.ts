import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { auroc, measureThreshold } from "../../../../domain/uncertainty/choose-threshold.js";
import {
  exactMcNemar,
  holm,
  mean,
  quantile,
  sampleStandardDeviation,
} from "../../../../domain/statistics/statistics.js";
import type { Oracle } from "./statistics-oracle/oracle.js";

const oracle = JSON.parse(
  readFileSync(join(import.meta.dirname, "statistics-oracle", "oracle.json"), "utf8"),
) as Oracle;

function expectNear(found: readonly number[], expected: readonly number[], digits = 12): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, digits);
  });
}

describe("statistics agree with numpy, scipy and statsmodels", () => {
  it.each(oracle.deviations)("mean and standard deviation of $values.length values", (known) => {
    expect(mean(known.values)).toBeCloseTo(known.mean, 12);
    expect(sampleStandardDeviation(known.values)).toBeCloseTo(known.std, 12);
  });

  it.each(oracle.mcnemar)("exact McNemar of $gained and $lost flips", ({ gained, lost, p }) => {
    expect(exactMcNemar(gained, lost) / p).toBeCloseTo(1, 9);
  });

  it.each(oracle.holm)("Holm over $given.length tests", ({ given, adjusted }) => {
    expectNear(holm(given), adjusted);
  });

  it.each(oracle.quantiles)("quantile $share", ({ values, share, quantile: expected }) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 12);
  });

  it.each(oracle.estimators)("AUROC, TPR, FPR, F1 and J of $margins.length samples", (known) => {
    const points = known.margins.map((margin, index) => ({
      margin,
      baseWrong: known.wrong[index] === 1,
    }));
    expect(auroc(points)).toBeCloseTo(known.auroc, 12);
    for (const { tau, tpr, fpr, f1, j } of known.thresholds) {
      const found = measureThreshold(points, tau);
      expectNear(
        [found.truePositiveRate, found.falsePositiveRate, found.f1, found.youdenJ],
        [tpr, fpr, f1, j],
      );
    }
  });
});
