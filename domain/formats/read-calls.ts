import { isDeeperThan, isObject, parseJson } from "../json/scan.js";
import { isExactNumber } from "../json/exact-number.js";
import type { JsonObject } from "../json/value.js";
import type { ToolCall } from "../samples/tool-call.js";
import { repairJson } from "./repair-json.js";

/** Nesting limit of arguments: no tool needs more, and it bounds all later recursion. */
const MAX_DEPTH = 64;

/** Why a JSON value is not a list of calls. */
export type CallProblem = "not-a-call" | "arguments-not-object" | "too-deep";

/** The calls of a JSON value; `repaired` marks calls that strict JSON would not have given. */
export type ReadCalls =
  | { readonly calls: readonly ToolCall[]; readonly repaired: boolean }
  | { readonly reason: CallProblem };

/**
 * Reads the calls of a JSON value: a list, one object, or a message with `tool_calls`; `arguments` or `parameters`,
 * also as a JSON string; optionally wrapped in `{"type": "function", "function": {...}}`. Absent or null arguments mean
 * no arguments.
 */
export function readCalls(value: unknown): ReadCalls {
  const calls: ToolCall[] = [];
  let repaired = false;
  for (const item of toList(value)) {
    const name = nameOf(item);
    if (name === null) return { reason: "not-a-call" };
    const call = unwrap(item) as Record<string, unknown>;
    const given = readArguments(call["arguments"] ?? call["parameters"] ?? {});
    if ("reason" in given) return given;
    repaired ||= given.repaired;
    calls.push({ name: name.trim(), arguments: given.value });
  }
  return { calls, repaired };
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isObject(value) && Array.isArray(value["tool_calls"])) return value["tool_calls"];
  return [value];
}

/** The name of a call; null if the value is not a call, such as a tool's definition. */
function nameOf(item: unknown): string | null {
  const call = unwrap(item);
  if (!isObject(call) || typeof call["name"] !== "string" || isDefinition(call)) return null;
  return call["name"];
}

/** The call inside `{"type": "function", "function": {...}}`, or the value itself. */
function unwrap(item: unknown): unknown {
  return isObject(item) && isObject(item["function"]) ? item["function"] : item;
}

/** Whether this is a tool's definition, which has a schema in place of arguments. */
function isDefinition({
  arguments: given,
  parameters,
  description,
}: Record<string, unknown>): boolean {
  if (given !== undefined) return false;
  if (parameters === undefined) return typeof description === "string";
  return (
    isObject(parameters) &&
    isObject(parameters["properties"]) &&
    [parameters["type"], description].some((text) => typeof text === "string")
  );
}

function readArguments(
  given: unknown,
): { readonly value: JsonObject; readonly repaired: boolean } | { readonly reason: CallProblem } {
  if (typeof given === "string") {
    if (given.trim() === "") return { value: {}, repaired: false };
    const strict = parseJson(given);
    const parsed = strict === null ? repairJson(given) : { value: strict.value, repaired: false };
    if (parsed === null || !isObject(parsed.value)) return { reason: "arguments-not-object" };
    return isDeeperThan(parsed.value, MAX_DEPTH)
      ? { reason: "too-deep" }
      : { value: parsed.value as JsonObject, repaired: parsed.repaired };
  }
  if (!isObject(given) || isExactNumber(given)) return { reason: "arguments-not-object" };
  if (isDeeperThan(given, MAX_DEPTH)) return { reason: "too-deep" };
  return { value: given as JsonObject, repaired: false };
}
