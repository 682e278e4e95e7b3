import { mean, sampleStandardDeviation } from "../../domain/statistics/statistics.js";
import type { ResultRow } from "../../store/store.js";

/** Share of right answers. */
export interface Accuracy {
  /** Mean over seeds of each seed's share; null without answers. */
  readonly mean: number | null;
  /** Sample standard deviation over seeds; null for a single seed. */
  readonly deviation: number | null;
}

/** Each seed's share, and their mean. */
export function measureAccuracy<Row extends Pick<ResultRow, "seed">>(
  answers: readonly Row[],
  isRight: (row: Row) => boolean,
): Accuracy {
  const bySeed = new Map<number, { right: number; all: number }>();
  for (const row of answers) {
    const counts = bySeed.get(row.seed) ?? { right: 0, all: 0 };
    counts.all += 1;
    if (isRight(row)) counts.right += 1;
    bySeed.set(row.seed, counts);
  }
  // Sorted by seed, so that rounding does not depend on row order.
  const shares = [...bySeed].sort(([a], [b]) => a - b).map(([, { right, all }]) => right / all);
  return {
    mean: shares.length === 0 ? null : mean(shares),
    deviation: sampleStandardDeviation(shares),
  };
}

/** Share of the rows that satisfy a predicate; null without rows. */
export function share<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number | null {
  return rows.length === 0 ? null : rows.filter(holds).length / rows.length;
}
