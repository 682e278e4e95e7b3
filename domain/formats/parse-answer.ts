import { jsonrepair } from "jsonrepair";
import type { JsonObject } from "../json/value.js";
import { findJson, isDeeperThan, isObject, parseJson } from "../json/scan.js";
import type { ToolCall } from "../samples/tool-call.js";

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

const BLOCK_OPENING = "<tool_call>";
const BLOCK_CLOSING = "</tool_call>";

/** No tool takes arguments nested this deep; a bound keeps every later recursion shallow. */
const MAX_DEPTH = 64;

/**
 * Reads the calls out of a model's answer (specification, section 7.1): the text in the last
 * `<tool_call>` block, else the first JSON list or object; a list, one object or several objects;
 * `arguments` or `parameters`, also as a JSON string; absent or null arguments are none. An
 * unclosed block reaches to the end of the text. Strict JSON is tried first; what only jsonrepair
 * can read is marked `repaired`. Never throws.
 */
export function parseAnswer(text: string): ParsedAnswer {
  const content = lastBlock(text) ?? text;
  if (content.trim() === "") return { reason: "empty" };
  const found = readValues(content);
  if ("reason" in found) return found;
  return readCalls(found.values, found.repaired);
}

/** Whether an answer could be read. */
export function isReadable(
  answer: ParsedAnswer,
): answer is { readonly calls: readonly ToolCall[]; readonly repaired: boolean } {
  return "calls" in answer;
}

function lastBlock(text: string): string | null {
  const start = text.lastIndexOf(BLOCK_OPENING);
  if (start === -1) return null;
  const content = text.slice(start + BLOCK_OPENING.length);
  const end = content.indexOf(BLOCK_CLOSING);
  return end === -1 ? content : content.slice(0, end);
}

type FoundValues =
  | { readonly values: readonly unknown[]; readonly repaired: boolean }
  | { readonly reason: UnreadableReason };

function readValues(content: string): FoundValues {
  const whole = parseJson(content);
  if (whole !== null && typeof whole.value === "object" && whole.value !== null) {
    return { values: Array.isArray(whole.value) ? whole.value : [whole.value], repaired: false };
  }
  const span = findJson(content, 0);
  if (span === null) return { reason: "no-json" };
  const first = readSpan(content.slice(span.start, span.end ?? content.length));
  if (first === null) return { reason: "broken-json" };
  if (Array.isArray(first.value)) return { values: first.value, repaired: first.repaired };
  return readFollowers(content, span.end, [first.value], first.repaired);
}

/**
 * Reads the objects that follow an object with nothing but whitespace, commas or semicolons
 * between.
 */
function readFollowers(
  content: string,
  end: number | null,
  values: readonly unknown[],
  repaired: boolean,
): FoundValues {
  if (end === null) return { values, repaired };
  const gap = /^[\s,;]*/.exec(content.slice(end))?.[0].length ?? 0;
  const next = findJson(content, end);
  if (next?.start !== end + gap || content[next.start] !== "{") return { values, repaired };
  const value = readSpan(content.slice(next.start, next.end ?? content.length));
  if (value === null) return { reason: "broken-json" };
  return readFollowers(content, next.end, [...values, value.value], repaired || value.repaired);
}

/** Strict JSON first, jsonrepair second; null where neither gives a list or an object. */
function readSpan(text: string): { readonly value: unknown; readonly repaired: boolean } | null {
  const strict = parseJson(text);
  if (strict !== null) return { value: strict.value, repaired: false };
  try {
    const value = JSON.parse(jsonrepair(text)) as unknown;
    return typeof value === "object" && value !== null ? { value, repaired: true } : null;
  } catch {
    // jsonrepair throws on text it cannot make sense of, and overflows on absurd nesting.
    return null;
  }
}

function readCalls(values: readonly unknown[], repairedSoFar: boolean): ParsedAnswer {
  const calls: ToolCall[] = [];
  let repaired = repairedSoFar;
  for (const value of values) {
    if (!isObject(value) || typeof value["name"] !== "string") return { reason: "not-a-call" };
    const given = readArguments(value["arguments"] ?? value["parameters"] ?? {});
    if ("reason" in given) return given;
    repaired ||= given.repaired;
    calls.push({ name: value["name"].trim(), arguments: given.value });
  }
  return { calls, repaired };
}

function readArguments(
  given: unknown,
):
  | { readonly value: JsonObject; readonly repaired: boolean }
  | { readonly reason: UnreadableReason } {
  if (typeof given === "string") {
    if (given.trim() === "") return { value: {}, repaired: false };
    const parsed = readSpan(given);
    if (parsed === null || !isObject(parsed.value)) return { reason: "arguments-not-object" };
    return isDeeperThan(parsed.value, MAX_DEPTH)
      ? { reason: "too-deep" }
      : { value: parsed.value as JsonObject, repaired: parsed.repaired };
  }
  if (!isObject(given)) return { reason: "arguments-not-object" };
  if (isDeeperThan(given, MAX_DEPTH)) return { reason: "too-deep" };
  return { value: given as JsonObject, repaired: false };
}
