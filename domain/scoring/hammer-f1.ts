import { isExactNumber } from "../json/exact-number.js";
import { isObject, parseJson } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import type { ToolCall } from "../samples/tool-call.js";

/** Counts of one record, or sums over many, as in Hammer's evaluation. */
export interface HammerCounts {
  readonly goldCalls: number;
  readonly predictedCalls: number;
  readonly correctCalls: number;
  readonly goldArguments: number;
  readonly predictedArguments: number;
  readonly correctArguments: number;
}

/** Precision, recall and F1, each 0 if its denominator is 0. */
export interface F1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Counts one record as Hammer does. A predicted call is right if gold has a call with that name (a gold
 * call can match several times). Its arguments are compared with the gold calls of that name in order;
 * the first that agrees in any argument decides. Values are compared by their Python text; `""` values
 * do not count.
 *
 * @param predicted - null if the answer could not be read: counts as one predicted call, nothing right
 */
export function countHammer(
  gold: readonly ToolCall[],
  predicted: readonly ToolCall[] | null,
): HammerCounts {
  const goldArguments = sum(gold.map((call) => givenArguments(call).length));
  const base = { goldCalls: gold.length, goldArguments };
  if (predicted === null) {
    return {
      ...base,
      predictedCalls: 1,
      correctCalls: 0,
      predictedArguments: 0,
      correctArguments: 0,
    };
  }
  const named = predicted.filter((call) => gold.some(({ name }) => name === call.name));
  return {
    ...base,
    predictedCalls: predicted.length,
    correctCalls: named.length,
    predictedArguments: sum(predicted.map((call) => givenArguments(call).length)),
    correctArguments: sum(named.map((call) => countCorrectArguments(gold, call))),
  };
}

/** Computes micro F1 of names and of arguments over many records. */
export function hammerF1(records: readonly HammerCounts[]): {
  readonly names: F1;
  readonly arguments: F1;
} {
  const total = (field: keyof HammerCounts): number => sum(records.map((record) => record[field]));
  return {
    names: f1(total("correctCalls"), total("predictedCalls"), total("goldCalls")),
    arguments: f1(total("correctArguments"), total("predictedArguments"), total("goldArguments")),
  };
}

/**
 * Reads a gold or predicted text as Hammer does: after removing code fences, the text must be a JSON list
 * or an object whose `tool_calls` is one (null: no calls). Returns null for anything else.
 */
export function parseHammer(text: string): ToolCall[] | null {
  const parsed = parseJson(text.replace(/```(?:json)?/g, "").trim());
  if (parsed === null) return null;
  const wrapped = isObject(parsed.value) && "tool_calls" in parsed.value;
  const value = wrapped ? (parsed.value["tool_calls"] ?? []) : parsed.value;
  if (!Array.isArray(value)) return null;
  const calls: ToolCall[] = [];
  for (const item of value as readonly unknown[]) {
    if (!isObject(item) || typeof item["name"] !== "string") return null;
    const given = item["arguments"];
    calls.push({ name: item["name"], arguments: isObject(given) ? (given as JsonObject) : {} });
  }
  return calls;
}

function countCorrectArguments(gold: readonly ToolCall[], predicted: ToolCall): number {
  const given = new Map(givenArguments(predicted));
  const sameName = gold.filter(({ name }) => name === predicted.name);
  for (const goldCall of sameName) {
    const expected = givenArguments(goldCall);
    // Hammer's quirk: no expected and no given arguments count as one right argument.
    if (expected.length === 0 && given.size === 0) return 1;
    const correct = expected.filter(([key, value]) => given.get(key) === value).length;
    if (correct > 0) return correct;
  }
  return 0;
}

/** Arguments with their values as Python prints them, without empty strings. */
function givenArguments(call: ToolCall): [string, string][] {
  return Object.entries(call.arguments)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => [key, typeof value === "string" ? value : pythonText(value)]);
}

/**
 * Python's `repr`. Parsed JSON numbers no longer distinguish 1 and 1.0.
 */
function pythonText(value: JsonValue): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") {
    return value.includes("'") && !value.includes('"')
      ? `"${value}"`
      : `'${value.replaceAll("'", "\\'")}'`;
  }
  if (isExactNumber(value)) return value.$exactNumber;
  if (Array.isArray(value))
    return `[${(value as readonly JsonValue[]).map(pythonText).join(", ")}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${pythonText(key)}: ${pythonText(member)}`,
  );
  return `{${members.join(", ")}}`;
}

function f1(correct: number, predicted: number, gold: number): F1 {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = gold === 0 ? 0 : correct / gold;
  const total = precision + recall;
  return { precision, recall, f1: total === 0 ? 0 : (2 * precision * recall) / total };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
