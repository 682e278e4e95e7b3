import type { ResultRow } from "../../store/store.js";

/** Describes how a unit ended: `right`, `wrong (name:search)`, `unparsable`, `failed (CODE)`. */
export function describeVerdict(row: ResultRow): string {
  if (row.outcome === "failed") return `failed (${row.errorCode ?? "unknown"})`;
  if (row.outcome === "unparsable") return "unparsable, counted as wrong";
  if (row.correct === true) return row.repaired ? "right, after repair" : "right";
  return row.verdict === "" ? "wrong" : `wrong (${row.verdict})`;
}
