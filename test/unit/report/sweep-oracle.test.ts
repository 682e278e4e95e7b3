import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { VariantSummary } from "../../../report/model/summarise-sweep.js";
import { parse } from "../domain/config/fixtures.js";
import { summariseRows } from "./with-texts.js";
import type { Oracle, OracleSweep } from "../domain/statistics/statistics-oracle/oracle.js";
import { makeResult, makeSweep, makeUnit } from "../store/fixtures.js";

const path = join(
  import.meta.dirname,
  "..",
  "domain",
  "statistics",
  "statistics-oracle",
  "oracle.json",
);
const oracle = JSON.parse(readFileSync(path, "utf8")) as Oracle;

/** Tolerance for the bounds of two bootstraps: accuracies of 40 samples come in steps of 0.025. */
const BOUND = 0.026;

/**
 * Four standard errors of the difference between two bootstrap p-values, from 10,000 and 20,000
 * draws.
 */
function errorOfP(p: number): number {
  const tail = p / 2;
  return 0.001 + 4 * 2 * Math.sqrt(tail * (1 - tail) * (1 / 10_000 + 1 / 20_000));
}

/** The sweep's figures, from rows with the oracle's outcomes. */
function summarise(known: OracleSweep): Map<string, VariantSummary> {
  const names = Object.keys(known.benchmarks);
  const config = parse(
    [
      "sweep: trial",
      "model: tiny",
      `seeds: ${known.seeds}`,
      `datasets: [${names.map((name) => `{ name: ${name}, format: lookalike }`).join(", ")}]`,
      "variants: [base, tt-si, copy-rule]",
    ].join("\n"),
  );
  const rows = Object.entries(known.benchmarks).flatMap(([dataset, { outcomes }]) =>
    Object.entries(outcomes).flatMap(([variant, samples]) =>
      samples.flatMap((digits, row) =>
        digits
          .split("")
          .map((digit, seed) =>
            makeResult(makeUnit(row, { dataset, variant, seed }), { correct: digit === "1" }),
          ),
      ),
    ),
  );
  const record = { ...makeSweep({ config }), createdAt: "", updatedAt: "" };
  const summary = summariseRows({
    record,
    rows,
    thresholds: [],
    planned: rows.length,
    samples: new Map(),
  });
  return new Map(
    summary.datasets.flatMap(({ dataset, variants }) =>
      variants.map((variant) => [`${dataset}/${variant.variant}`, variant] as const),
    ),
  );
}

describe.each(oracle.sweeps)("a sweep of $seeds seeds and three benchmarks", (known) => {
  const summaries = summarise(known);
  const figures = Object.entries(known.benchmarks).flatMap(([dataset, benchmark]) =>
    Object.entries(benchmark.figures).map(([variant, expected]) => ({
      name: `${dataset}/${variant}`,
      expected,
    })),
  );

  it.each(figures)("accuracy and its clustered interval: $name", ({ name, expected }) => {
    const { soft, statistics } = summaries.get(name)!;
    expect(soft.mean).toBeCloseTo(expected.mean, 12);
    if (expected.std === null) expect(soft.deviation).toBeNull();
    else expect(soft.deviation).toBeCloseTo(expected.std, 12);
    const { low, high } = statistics.interval!;
    const { interval } = expected;
    expect(Math.abs(low - interval.low)).toBeLessThan(BOUND);
    expect(Math.abs(high - interval.high)).toBeLessThan(BOUND);
    expect(Math.abs(low - interval.robustLow)).toBeLessThan(BOUND);
    expect(Math.abs(high - interval.robustHigh)).toBeLessThan(BOUND);
  });

  it.each(figures)("flips and exact tests, seed by seed: $name", ({ name, expected }) => {
    const { mcnemar } = summaries.get(name)!.statistics;
    if (expected.bootstrap === null) {
      expect(mcnemar).toEqual([]);
      return;
    }
    expect(mcnemar.map(({ gained }) => gained)).toEqual(expected.gained);
    expect(mcnemar.map(({ lost }) => lost)).toEqual(expected.lost);
    mcnemar.forEach(({ p }, seed) => {
      expect(p / expected.mcnemar[seed]!).toBeCloseTo(1, 9);
    });
  });

  it.each(figures)("paired bootstrap and Holm: $name", ({ name, expected }) => {
    const { bootstrap, holm } = summaries.get(name)!.statistics;
    if (expected.bootstrap === null || bootstrap === null) {
      expect([bootstrap, holm, expected.bootstrap]).toEqual([null, null, null]);
      return;
    }
    expect(Math.abs(bootstrap.low - expected.bootstrap.low)).toBeLessThan(BOUND);
    expect(Math.abs(bootstrap.high - expected.bootstrap.high)).toBeLessThan(BOUND);
    expect(Math.abs(bootstrap.p - expected.bootstrap.p)).toBeLessThan(
      errorOfP(expected.bootstrap.p),
    );
    // Exact if Holm adjusts McNemar's p; with three benchmarks it can triple a bootstrap's noise.
    const tolerance = known.seeds === 1 ? 1e-9 : 3 * errorOfP(expected.holm!);
    expect(Math.abs(holm! - expected.holm!)).toBeLessThan(tolerance);
  });

  it.each(figures.filter(({ name }) => name.endsWith("/tt-si")))(
    "the control beside the method: $name",
    ({ name, expected }) => {
      const [against, ...others] = summaries.get(name)!.statistics.against;
      expect(others).toEqual([]);
      const { gained, lost, bootstrapP } = expected.againstControl;
      expect(against).toMatchObject({ control: "copy-rule", gained, lost });
      if (known.seeds > 1) {
        expect(Math.abs(against!.p - bootstrapP!)).toBeLessThan(errorOfP(bootstrapP!));
      }
    },
  );
});
