import { countFlips, exactMcNemar } from "../../domain/statistics/statistics.js";
import type { ResultRow } from "../../store/store.js";
import { sampleId } from "../model/sample-id.js";

/** Row fields needed to compare variants. */
export type JudgedRow = Pick<ResultRow, "dataset" | "sampleKey" | "seed" | "correct">;

/** Differences between a variant's answers and base's on the same samples and seeds. */
export interface Flips {
  /** Name of the variant to compare with. */
  readonly against: string;
  /** Over all seeds. */
  readonly pairs: number;
  /** Wrong with base, right with the variant. */
  readonly gained: number;
  readonly lost: number;
  /** Seeds are not independent samples, so each has its own test. */
  readonly bySeed: readonly SeedFlips[];
}

/** The pairs of one seed. */
export interface SeedFlips {
  readonly seed: number;
  readonly pairs: number;
  readonly gained: number;
  readonly lost: number;
  /** Exact McNemar test, two-sided. */
  readonly p: number;
}

/** Pairs the rows of two variants by dataset, sample and seed; failed units form no pairs. */
export function pairWithBase(
  against: string,
  base: readonly JudgedRow[],
  rows: readonly JudgedRow[],
): Flips {
  const baseRows = new Map(base.map((row) => [pairKey(row), row]));
  const seeds = [...new Set(rows.map((row) => row.seed))].sort((a, b) => a - b);
  const bySeed = seeds.flatMap((seed): SeedFlips[] => {
    const pairs = rows.flatMap((row) => {
      const before = baseRows.get(pairKey(row))?.correct ?? null;
      if (row.seed !== seed || row.correct === null || before === null) return [];
      return [{ base: before, variant: row.correct }];
    });
    if (pairs.length === 0) return [];
    const { gained, lost } = countFlips(pairs);
    return [{ seed, pairs: pairs.length, gained, lost, p: exactMcNemar(gained, lost) }];
  });
  const total = (field: "pairs" | "gained" | "lost") =>
    bySeed.reduce((sum, each) => sum + each[field], 0);
  return { against, pairs: total("pairs"), gained: total("gained"), lost: total("lost"), bySeed };
}

/** Difference of the accuracies over the pairs, 0..1; null without pairs. */
export function pairedDifference({ pairs, gained, lost }: Flips): number | null {
  return pairs === 0 ? null : (gained - lost) / pairs;
}

/** Key of a row's sample and seed, equal for the rows to compare. */
export function pairKey(row: Pick<ResultRow, "dataset" | "sampleKey" | "seed">): string {
  return `${sampleId(row)}/${row.seed}`;
}
