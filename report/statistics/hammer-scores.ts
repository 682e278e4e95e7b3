import type { F1, HammerCounts } from "../../domain/scoring/hammer-f1.js";
import { countHammer, hammerF1 } from "../../domain/scoring/hammer-f1.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { ResultRow } from "../../store/store.js";
import { sampleId } from "../model/sample-id.js";

/** F1 of names and of arguments as in Hammer's evaluation, over all seeds. */
export interface HammerScores {
  readonly names: F1;
  readonly arguments: F1;
}

/**
 * Scores the first answers. Null without answers, if a sample's gold is no longer stored, or if the
 * gold is a set of accepted values (BFCL), because Hammer's evaluation compares with a single
 * value.
 */
export function scoreHammer(
  answers: readonly ResultRow[],
  samples: ReadonlyMap<string, GoldSample>,
): HammerScores | null {
  return sumHammer(
    answers.map((row) => {
      const known = samples.get(sampleId(row));
      return known === undefined ? null : countUnit(row, known);
    }),
  );
}

/** Counts one unit's first answer; null if the gold is a set of accepted values. */
export function countUnit({ calls }: ResultRow, { gold }: GoldSample): HammerCounts | null {
  if (gold.calls.some((call) => call.accepted)) return null;
  return countHammer(gold.calls, calls as readonly ToolCall[] | null);
}

/** The scores of units from their counts; null without units, or if one has no counts. */
export function sumHammer(counts: readonly (HammerCounts | null)[]): HammerScores | null {
  const known = counts.filter((each) => each !== null);
  return known.length === 0 || known.length < counts.length ? null : hammerF1(known);
}
