import type { ToolCall } from "../samples/tool-call.js";
import type { CallOutline, Span } from "./outline-calls.js";
import { outlineCalls } from "./outline-calls.js";

/** Where an answer's calls are written, in UTF-16 units. */
export interface CallPlaces {
  /** From the first to the last of the outermost brackets around calls. */
  readonly whole: Span;
  readonly names: readonly Span[];
  /** The leaves of their arguments, without quotes; no keys. */
  readonly values: readonly Span[];
}

const REASONING_END = "</think>";

/**
 * Finds in an answer's text the calls that `parseAnswer` read from it, in whatever format. Null if there are none, or
 * if the text does not show them in the parser's order.
 */
export function locateCalls(text: string, calls: readonly ToolCall[]): CallPlaces | null {
  const names = calls.map(({ name }) => name);
  const reasoning = text.lastIndexOf(REASONING_END);
  const from = reasoning === -1 ? 0 : reasoning + REASONING_END.length;
  const found = findRun(outlineCalls(text, from), names, text.includes("<tool_call>"));
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    whole: { start: first.around.start, end: last.around.end },
    names: found.map(({ nameSpan }) => nameSpan),
    values: found.flatMap(({ values }) => values),
  };
}

/** Calls in a row with these names: the last such row if calls stand in tags, else the first, as the parser has it. */
function findRun(
  outlines: readonly CallOutline[],
  names: readonly string[],
  isTagged: boolean,
): readonly CallOutline[] {
  if (names.length === 0) return [];
  const starts = [...outlines.keys()];
  const start = (isTagged ? starts.reverse() : starts).find((from) =>
    names.every((name, index) => outlines[from + index]?.name === name),
  );
  return start === undefined ? [] : outlines.slice(start, start + names.length);
}
