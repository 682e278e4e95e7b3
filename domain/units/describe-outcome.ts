import type { Outcome } from "./unit.js";

/** "right", "wrong", "unparsable" or "failed". */
export function describeOutcome(unit: {
  readonly outcome: Outcome;
  readonly correct: boolean;
}): string {
  if (unit.outcome !== "scored") return unit.outcome;
  return unit.correct ? "right" : "wrong";
}
