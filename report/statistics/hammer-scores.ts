import type { F1 } from "../../domain/scoring/hammer-f1.js";
import { countHammer, hammerF1 } from "../../domain/scoring/hammer-f1.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { ResultRow } from "../../store/store.js";
import { sampleId } from "../model/load-samples.js";

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
  if (answers.length === 0) return null;
  const counts = [];
  for (const row of answers) {
    const known = samples.get(sampleId(row));
    if (known === undefined || known.gold.calls.some((call) => call.accepted)) return null;
    counts.push(countHammer(known.gold.calls, row.calls as readonly ToolCall[] | null));
  }
  return hammerF1(counts);
}
