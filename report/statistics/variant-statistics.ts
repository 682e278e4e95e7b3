import {
  clusteredInterval,
  countFlips,
  exactMcNemar,
  pairedBootstrap,
} from "../../domain/statistics/statistics.js";
import type { ResultRow } from "../../store/store.js";
import type { ReportUnit } from "../model/report-unit.js";
import type { Flips, JudgedRow } from "./flips.js";
import { pairKey, pairWithBase } from "./flips.js";
import { sampleId } from "../model/sample-id.js";
import type { StepSeconds } from "./step-seconds.js";
import { summariseSteps } from "./step-seconds.js";

/** Statistics of one variant's answers to one dataset (`docs/method.md`, section 9). */
export interface VariantStatistics {
  /** 95 % interval of the soft accuracy (0..1), clustered by sample; null without answers. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /**
   * Difference from base, paired over samples: 95 % interval and two-sided p from 10,000 seeded
   * draws.
   */
  readonly bootstrap: { readonly low: number; readonly high: number; readonly p: number } | null;
  /** Exact McNemar test against base, one per seed. */
  readonly mcnemar: readonly SeedTest[];
  /**
   * `headline` p-value after Holm's adjustment over the sweep's benchmarks; null without a base to
   * compare with.
   */
  readonly holm: number | null;
  /** The comparison with each control; empty for base, for controls and for cheats. */
  readonly against: readonly ControlTest[];
  readonly denominators: Denominators;
  readonly steps: readonly StepStatistics[];
}

/** The flips of one seed and their exact McNemar test. */
export interface SeedTest {
  readonly seed: number;
  readonly gained: number;
  readonly lost: number;
  readonly p: number;
}

/** A variant against one control: flips over all seeds, and the p-value of `headlineP`. */
export interface ControlTest {
  readonly control: string;
  readonly gained: number;
  readonly lost: number;
  readonly p: number;
}

/** Every unit of the variant is in exactly one of `scored`, `unparsable` and `failed`. */
export interface Denominators {
  readonly scored: number;
  /** Answers that could not be read; they count as wrong. */
  readonly unparsable: number;
  /**
   * Unparsable answers of adapted models whose base answer to the same sample and seed was
   * parsable; null without a base to compare with.
   */
  readonly broken: number | null;
  /** Units that failed for infrastructure reasons; they have no answer. */
  readonly failed: number;
  /** Answered by base because synthesis exhausted its attempts. */
  readonly exhausted: number;
  /** Answers to samples with one candidate, which are certain by definition. */
  readonly singleCandidate: number;
  /** Units that ran again after a failure, or one of whose steps was retried. */
  readonly retried: number;
}

/**
 * Milliseconds of one step over the units that computed it; reused values are counted separately.
 */
export interface StepStatistics {
  readonly step: string;
  readonly count: number;
  readonly totalMs: number;
  readonly meanMs: number;
  /** Sample standard deviation; 0 for one value. */
  readonly stdMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Mean wait from scheduling to start; not included in the other values. */
  readonly queueMeanMs: number;
}

/** Input of a variant's statistics: rows of one dataset. */
export interface StatisticsInput {
  /** The variant's own rows, failed ones included. */
  readonly rows: readonly ReportUnit[];
  /** Rows of the base variant; null for base itself, or if there is none. */
  readonly base: readonly ReportUnit[] | null;
  readonly controls: readonly { readonly name: string; readonly rows: readonly ReportUnit[] }[];
}

/** All statistics except Holm's adjustment, which also needs the other benchmarks. */
export function computeStatistics(
  input: StatisticsInput,
): Omit<VariantStatistics, "holm"> & { readonly headline: number | null } {
  const { rows, base, controls } = input;
  const answers = rows.filter((row) => row.outcome !== "failed");
  const flips = base === null ? null : pairWithBase("", base, rows);
  const bootstrap = base === null ? null : bootstrapDifference(base, rows);
  return {
    interval: findInterval(answers),
    bootstrap,
    mcnemar: (flips?.bySeed ?? []).map(({ seed, gained, lost, p }) => ({ seed, gained, lost, p })),
    headline: flips === null ? null : headlineP(flips, () => bootstrap?.p ?? null),
    against: controls.flatMap((control) => compareWith(control, rows)),
    denominators: countDenominators(rows, answers, base),
    steps: summariseSteps(answers).flatMap(toStepStatistics),
  };
}

/**
 * The p-value that a comparison is judged by: the exact McNemar test for a single seed, the paired
 * bootstrap over samples for several, because runs of the same sample are not independent. Null
 * without pairs.
 */
export function headlineP(flips: Flips, bootstrapP: () => number | null): number | null {
  const [first, second] = flips.bySeed;
  if (first === undefined) return null;
  return second === undefined ? exactMcNemar(first.gained, first.lost) : bootstrapP();
}

function compareWith(
  control: { readonly name: string; readonly rows: readonly ReportUnit[] },
  rows: readonly ReportUnit[],
): ControlTest[] {
  const flips = pairWithBase(control.name, control.rows, rows);
  const p = headlineP(flips, () => bootstrapDifference(control.rows, rows)?.p ?? null);
  if (p === null) return [];
  return [{ control: control.name, gained: flips.gained, lost: flips.lost, p }];
}

function findInterval(answers: readonly ReportUnit[]): { low: number; high: number } | null {
  if (answers.length === 0) return null;
  const clusters = groupBySample(answers).map((own) =>
    own.map((row) => (row.correct === true ? 1 : 0)),
  );
  const { low, high } = clusteredInterval(clusters);
  return { low, high };
}

/**
 * Seeded paired bootstrap over samples of the difference rows - base. Each sample counts once, with
 * its mean over the seeds that both variants answered; null without pairs.
 */
export function bootstrapDifference(
  base: readonly JudgedRow[],
  rows: readonly JudgedRow[],
): { low: number; high: number; p: number } | null {
  const before = new Map(base.map((row) => [`${sampleId(row)}/${row.seed}`, row.correct]));
  const samples = groupBySample(rows).flatMap((own) => {
    const pairs = own.flatMap((row) => {
      const other = before.get(`${sampleId(row)}/${row.seed}`) ?? null;
      return row.correct === null || other === null ? [] : [{ base: other, variant: row.correct }];
    });
    if (pairs.length === 0) return [];
    const { gained, lost, bothRight } = countFlips(pairs);
    return [
      {
        base: (lost + bothRight) / pairs.length,
        variant: (gained + bothRight) / pairs.length,
      },
    ];
  });
  if (samples.length === 0) return null;
  const { low, high, pValue } = pairedBootstrap(samples);
  return { low, high, p: pValue };
}

/** Rows grouped by sample, in a fixed order: a seeded draw must not depend on the store's order. */
export function groupBySample<Row extends Pick<ResultRow, "dataset" | "sampleKey">>(
  rows: readonly Row[],
): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const own = groups.get(sampleId(row));
    if (own === undefined) groups.set(sampleId(row), [row]);
    else own.push(row);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, own]) => own);
}

function countDenominators(
  rows: readonly ReportUnit[],
  answers: readonly ReportUnit[],
  base: readonly ReportUnit[] | null,
): Denominators {
  const readable = new Set(
    (base ?? []).filter((row) => row.outcome === "scored").map((row) => pairKey(row)),
  );
  const count = (holds: (row: ReportUnit) => boolean) => answers.filter(holds).length;
  return {
    scored: count((row) => row.outcome === "scored"),
    unparsable: count((row) => row.outcome === "unparsable"),
    broken:
      base === null
        ? null
        : count((row) => row.adapted && row.outcome === "unparsable" && readable.has(pairKey(row))),
    failed: rows.length - answers.length,
    exhausted: count((row) => row.synthesisStatus === "exhausted"),
    singleCandidate: count((row) => row.candidateCount === 1),
    retried: rows.filter(
      (row) => row.attempt > 1 || row.trace.timings.some((timing) => timing.attempt > 1),
    ).length,
  };
}

function toStepStatistics(seconds: StepSeconds): StepStatistics[] {
  if (seconds.computed === 0) return [];
  return [
    {
      step: seconds.step,
      count: seconds.computed,
      totalMs: 1000 * seconds.total,
      meanMs: 1000 * seconds.mean,
      stdMs: 1000 * (seconds.deviation ?? 0),
      minMs: 1000 * seconds.least,
      maxMs: 1000 * seconds.most,
      queueMeanMs: 1000 * seconds.queueMean,
    },
  ];
}
