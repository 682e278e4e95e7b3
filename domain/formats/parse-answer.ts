import { findJson, parseJson } from "../json/scan.js";
import type { ToolCall } from "../samples/tool-call.js";
import { findCallBlocks } from "./call-blocks.js";
import { cutReasoning } from "./cut-reasoning.js";
import { parsePythonCalls } from "./parse-python-calls.js";
import { isCallLike, readCalls } from "./read-calls.js";
import { repairJson } from "./repair-json.js";

/**
 * What an answer says: its calls (an empty list: no call), or why it could not be read. `repaired`
 * marks calls that strict JSON would not have given.
 */
export type ParsedAnswer =
  | { readonly calls: readonly ToolCall[]; readonly repaired: boolean }
  | { readonly reason: UnreadableReason };

/** Why an answer could not be read. */
export type UnreadableReason =
  "empty" | "no-json" | "broken-json" | "not-a-call" | "arguments-not-object" | "too-deep";

/**
 * Reads the calls out of a model's answer (docs/method.md, section 7.1). Reasoning is cut off first. The calls are those
 * of the last run of `<tool_call>` blocks; without a block, of the first JSON value that is a call or a list of calls,
 * and of those that follow with nothing but separators and fences between; or of a Python list of calls. Other JSON is
 * passed over. Strict JSON is
 * tried first; what only jsonrepair can read is marked `repaired`. Takes time in proportion to the text. Never throws.
 */
export function parseAnswer(text: string): ParsedAnswer {
  const answer = cutReasoning(text);
  const whole = readWhole(answer);
  if (whole !== null) return whole;
  const blocks = findCallBlocks(answer);
  if (blocks === null) {
    if (answer.trim() === "") return { reason: "empty" };
    const python = parsePythonCalls(answer);
    return python === null ? readText(answer) : { calls: python, repaired: false };
  }
  const contents = blocks.filter((block) => block.trim() !== "");
  if (contents.length === 0) return { reason: "empty" };
  return joinAnswers(contents.map((content) => readWhole(content) ?? readText(content)));
}

/** Whether an answer could be read. */
export function isReadable(
  answer: ParsedAnswer,
): answer is { readonly calls: readonly ToolCall[]; readonly repaired: boolean } {
  return "calls" in answer;
}

/** A text that is one JSON list or object; null if it is not. */
function readWhole(text: string): ParsedAnswer | null {
  const parsed = parseJson(text);
  if (parsed === null || typeof parsed.value !== "object" || parsed.value === null) return null;
  return readCalls(parsed.value, false);
}

/** Between two JSON values of one answer: separators, and the ends of fences. */
const GAP = /^(?:[\s,;]|```\w*)*$/;

/** JSON that never closes is looked into at most so often: each look takes time in proportion to the rest of the text. */
const MAX_UNCLOSED = 3;

/** The calls of a text with JSON in it. */
function readText(text: string): ParsedAnswer {
  const found: ParsedAnswer[] = [];
  let other: ParsedAnswer | null = null;
  let unclosed = 0;
  let end = 0;
  for (let span = findJson(text, 0); span !== null;) {
    if (found.length > 0 && !GAP.test(text.slice(end, span.start))) break;
    const value = readValue(text.slice(span.start, span.end ?? text.length));
    if (value !== null && isCallLike(value.value)) {
      found.push(readCalls(value.value, value.repaired));
    } else if (found.length > 0) {
      // An answer that begins with calls and breaks off is not whole.
      if (value === null) found.push({ reason: "broken-json" });
      break;
    } else {
      other = chooseOther(other, value);
    }
    if (span.end === null) {
      unclosed += 1;
      if (found.length > 0 || unclosed === MAX_UNCLOSED) break;
    }
    end = span.end ?? span.start + 1;
    span = findJson(text, end);
  }
  return found.length > 0 ? joinAnswers(found) : (other ?? { reason: "no-json" });
}

type ReadValue = { readonly value: unknown; readonly repaired: boolean } | null;

/** Strict JSON first, jsonrepair second. */
function readValue(text: string): ReadValue {
  const strict = parseJson(text);
  return strict === null ? repairJson(text) : { value: strict.value, repaired: false };
}

/**
 * What a text without calls says by its JSON: an empty list is a word for "no call"; else the first reason why it cannot
 * be read stays.
 */
function chooseOther(earlier: ParsedAnswer | null, value: ReadValue): ParsedAnswer {
  if (value !== null && Array.isArray(value.value) && value.value.length === 0) {
    return { calls: [], repaired: value.repaired };
  }
  if (earlier !== null) return earlier;
  if (value === null) return { reason: "broken-json" };
  return readCalls(value.value, value.repaired);
}

/** Several parts of one answer: all calls in order, or the first reason why a part cannot be read. */
function joinAnswers(parts: readonly ParsedAnswer[]): ParsedAnswer {
  const unreadable = parts.find((part) => !isReadable(part));
  if (unreadable !== undefined) return unreadable;
  const readable = parts.filter(isReadable);
  return {
    calls: readable.flatMap(({ calls }) => calls),
    repaired: readable.some(({ repaired }) => repaired),
  };
}
