import { isDeepStrictEqual } from "node:util";
import type { ResultRow } from "../../store/store.js";
import { describeOutcomes } from "../e2e/small-sweep.js";

/** How the rows of a disturbed sweep differ from those of an undisturbed one. */
export interface RowComparison {
  /** Units without a row, or with more than one. */
  readonly lost: number;
  readonly doubled: number;
  /** Units that failed, or that answer otherwise. */
  readonly failed: number;
  readonly different: number;
  /** Steps that were tried more than once, and adapters that were trained again elsewhere. */
  readonly repeatedSteps: number;
  readonly retrained: number;
}

/** Compares the rows of one sweep with those of the same sweep when nothing happened. */
export function compareRows(
  disturbed: readonly ResultRow[],
  undisturbed: readonly ResultRow[],
): RowComparison {
  const units = new Set(disturbed.map(withoutSweep));
  const expected = new Map(undisturbed.map((row) => [withoutSweep(row), describeOutcomes([row])]));
  return {
    lost: [...expected.keys()].filter((unit) => !units.has(unit)).length,
    doubled: disturbed.length - units.size,
    failed: disturbed.filter(({ outcome }) => outcome === "failed").length,
    different: disturbed.filter(
      (row) => !isDeepStrictEqual(describeOutcomes([row]), expected.get(withoutSweep(row))),
    ).length,
    repeatedSteps: sum(
      disturbed.flatMap(({ trace }) => trace.timings.map(({ attempt }) => attempt - 1)),
    ),
    retrained: sum(disturbed.map(({ trace }) => trace.training?.retrained ?? 0)),
  };
}

function withoutSweep({ sweep, unitKey }: ResultRow): string {
  return unitKey.slice(sweep.length + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
