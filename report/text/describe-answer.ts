import { stringifyExactly } from "../../domain/json/exact-number.js";
import type { ResultRow } from "../../store/store.js";

/** A unit's calls without the tags of their format, or the answer's text if it could not be read as calls. */
export function describeAnswer({ calls, trace }: Pick<ResultRow, "calls" | "trace">): string {
  return calls === null ? (trace.answer?.texts[0] ?? "") : stringifyExactly(calls);
}
