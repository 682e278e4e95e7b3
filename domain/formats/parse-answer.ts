import type { JsonSpan } from "../json/scan.js";
import { findJson, parseJson } from "../json/scan.js";
import type { ToolCall } from "../samples/tool-call.js";
import { cutReasoning } from "./cut-reasoning.js";
import { findCallBlocks } from "./call-blocks.js";
import { parsePythonCalls } from "./parse-python-calls.js";
import { skipGap } from "./skip-gap.js";
import type { CallProblem } from "./read-calls.js";
import { readCalls } from "./read-calls.js";
import { repairJson } from "./repair-json.js";

/**
 * A parsed answer: its calls (an empty list: no call), or why it could not be read. `repaired` marks
 * calls that strict JSON would not have given.
 */
export type ParsedAnswer =
  | { readonly calls: readonly ToolCall[]; readonly repaired: boolean }
  | { readonly reason: UnreadableReason };

/** Why an answer could not be read; `no-json`: it is prose. */
export type UnreadableReason = CallProblem | "empty" | "no-json" | "broken-json";

/**
 * Version of the rules by which answers are read. Enters the keys of steps that store what was read (synthetic pairs,
 * answers after the copy rule) and the identity of sweeps that use them; change it with any rule. 1: until several
 * blocks, reasoning, Python calls and answers in words were read.
 */
export const PARSER_VERSION = "parser-2";

/** Maximum number of broken lists and objects to try; after that, the text counts as broken. */
const MAX_BROKEN = 32;

/**
 * Reads the calls out of a model's answer (specification, section 7.1). Reasoning is cut off first.
 * All `<tool_call>` blocks after the last text that is followed by a block count, several blocks
 * being several calls. Without a block, the first JSON value counts that is a call or a list of
 * calls, with those that follow it directly, code fences or not; other JSON, `[]` among it, is part
 * of the prose. `[]` means "no call" if the text has no calls. An unclosed block extends to the
 * end of the text. Strict JSON is tried first; what only jsonrepair can read is marked `repaired`.
 * Never throws; time and memory grow with the text's length.
 */
export function parseAnswer(text: string): ParsedAnswer {
  const { text: content, isUnclosed } = cutReasoning(text);
  const blocks = findCallBlocks(content);
  if (blocks.length === 0) {
    const python = parsePythonCalls(content);
    if (python !== null) return { calls: python, repaired: false };
    const answer = markTag(readText(content), content);
    // Text before unclosed reasoning only announces an answer that never came.
    return isUnclosed && "reason" in answer ? { reason: "empty" } : answer;
  }
  const calls: ToolCall[] = [];
  let repaired = false;
  for (const block of blocks) {
    const answer = readText(block);
    if (!isReadable(answer)) return markTag(answer, content);
    for (const call of answer.calls) calls.push(call);
    repaired ||= answer.repaired;
  }
  return { calls, repaired };
}

/** Whether an answer could be read. */
export function isReadable(
  answer: ParsedAnswer,
): answer is { readonly calls: readonly ToolCall[]; readonly repaired: boolean } {
  return "calls" in answer;
}

/** Words with a call's tag are a call that went wrong, not an answer in words. */
function markTag(answer: ParsedAnswer, text: string): ParsedAnswer {
  const isWords = "reason" in answer && answer.reason === "no-json";
  return isWords && text.includes("tool_call>") ? { reason: "broken-json" } : answer;
}

/** Reads a block's content, or an answer without blocks. */
function readText(text: string): ParsedAnswer {
  if (text.trim() === "") return { reason: "empty" };
  const calls: ToolCall[] = [];
  let [repaired, saysNoCall, hasWords] = [false, false, false];
  let problem: UnreadableReason | null = null;
  let [position, broken] = [0, 0];
  for (;;) {
    const span = nextValue(text, position);
    const gap = skipGap(text, position);
    hasWords ||= gap < (span?.start ?? text.length);
    if (span === null || (calls.length > 0 && gap < span.start)) break;
    const value = readValue(text.slice(span.start, span.end ?? text.length));
    const read = value === null ? ({ reason: "broken-json" } as const) : readCalls(value.json);
    position = span.end ?? span.start + 1;
    if (value?.repaired !== false) broken += 1;
    if ("calls" in read) {
      for (const call of read.calls) calls.push(call);
      if (read.calls.length === 0) saysNoCall = true;
      repaired ||= read.repaired || value?.repaired === true;
      // jsonrepair reads to the end of the text.
      if (span.end === null) break;
    } else {
      // A value directly after a call is meant as a call.
      if (calls.length > 0 || isCallGoneWrong(read.reason)) return read;
      if (problem !== "broken-json")
        problem = value?.repaired === false ? read.reason : "broken-json";
      if (broken === MAX_BROKEN) break;
    }
  }
  if (calls.length > 0) return { calls, repaired };
  if (problem === "broken-json") return { reason: problem };
  if (saysNoCall) return { calls: [], repaired };
  return { reason: problem === null || hasWords ? "no-json" : problem };
}

/** The whole text if it is one JSON value, even a list of anything; else the position of a probable one. */
function nextValue(text: string, from: number): JsonSpan | null {
  if (from > 0) return findJson(text, from);
  const whole = parseJson(text);
  const isValue = whole !== null && typeof whole.value === "object" && whole.value !== null;
  return isValue ? { start: 0, end: text.length } : findJson(text, 0);
}

/** Tries strict JSON first, then jsonrepair; null if neither gives a list or an object. */
function readValue(text: string): { readonly json: unknown; readonly repaired: boolean } | null {
  const strict = parseJson(text);
  if (strict !== null) return { json: strict.value, repaired: false };
  const mended = repairJson(text);
  return mended === null ? null : { json: mended.value, repaired: true };
}

/** Whether a value names a tool and so was meant as a call. */
function isCallGoneWrong(reason: UnreadableReason): boolean {
  return reason === "arguments-not-object" || reason === "too-deep";
}
