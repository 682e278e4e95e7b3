import { oneLine } from "../../domain/text/one-line.js";
import type { Span } from "../../domain/text/span.js";
import type { ResultRow } from "../../store/store.js";

type Verdict = Pick<ResultRow, "outcome" | "errorCode" | "correct" | "repaired" | "verdict">;

/** How a unit ended, on one line: `right`, `wrong (name:search)`, `unparsable`, `failed (CODE)`. */
export function describeVerdict(row: Verdict): string {
  if (row.outcome === "failed") return `failed (${row.errorCode ?? "unknown"})`;
  if (row.outcome === "unparsable") return "unparsable";
  if (row.correct === true) return row.repaired ? "right, after repair" : "right";
  // A verdict quotes names that a model wrote.
  const reason = oneLine(row.verdict);
  return reason === "" ? "wrong" : `wrong (${reason})`;
}

/** A unit's verdict in its color; `shorten` may cut its text. */
export function paintVerdict(row: Verdict, shorten = (text: string): string => text): Span {
  return {
    text: shorten(describeVerdict(row)),
    color: row.outcome === "scored" && row.correct === true ? "good" : "bad",
  };
}
