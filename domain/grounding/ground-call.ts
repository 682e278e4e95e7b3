import type { JsonNumber } from "../json/exact-number.js";
import { canonicalNumber, isNumber, numberText } from "../json/exact-number.js";
import { listOf } from "../json/fields.js";
import type { JsonValue } from "../json/value.js";
import { isObject } from "../json/scan.js";
import { isAbsent } from "../scoring/absence.js";
import { dropNulls, isClosed, isEnumerated, mayBeLeftOut } from "../schemas/inside.js";
import { argumentOf, readParameters } from "../schemas/read-parameters.js";
import { readShape } from "../schemas/read-shape.js";
import type { Shape } from "../schemas/shape.js";
import type { Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import { countOccurrences, foldText, numbersIn } from "./query-text.js";
import { listSpans } from "./query-spans.js";

/** Enters every key that the copy rule affects; change it with any rule below. */
export const COPY_RULE_VERSION = "copy-2";

/** What can be copied from a text. */
export type CopiedValue = string | JsonNumber;

/** A required argument whose value is not in the text, and its possible replacements. */
export interface OpenArgument {
  readonly key: string;
  /** Never empty. */
  readonly choices: readonly CopiedValue[];
}

/** A call compared with the text that it answers. */
export interface GroundedCall {
  /** The call without dropped arguments; open arguments keep their original value. */
  readonly call: ToolCall;
  /** Optional arguments whose value is not in the text. */
  readonly dropped: readonly string[];
  /** Required arguments to redecode. */
  readonly open: readonly OpenArgument[];
}

/**
 * First half of the copy rule: drops optional arguments whose value is not in the text, and lists required ones whose
 * value must be copied from it. Each occurrence in the text serves one argument. Required values that the schema
 * declares (enum, const), booleans, lists and objects are not copies and stay unchanged. An argument that may be null
 * is optional even if its key is required. If requirements are unknown (`declaresRequirements`), all given arguments
 * count as required, because dropping one would be a guess.
 */
export function groundCall(
  call: ToolCall,
  tool: Tool,
  text: string,
  { requirementsKnown = true }: { readonly requirementsKnown?: boolean } = {},
): GroundedCall {
  const parameters = readParameters(tool.parameters);
  const required = new Set(
    parameters.members.filter((member) => !mayBeLeftOut(member)).map(({ name }) => name),
  );
  const supply = new Supply(text);
  const kept: [string, JsonValue][] = [];
  const dropped: string[] = [];
  const ungrounded: string[] = [];
  for (const [key, value] of Object.entries(call.arguments)) {
    const absent = isAbsent(value);
    const place = argumentOf(parameters, key);
    const grounded = !absent && supply.take(dropNulls(value, place));
    const optional = requirementsKnown || absent ? !required.has(key) : false;
    if (!grounded && optional) {
      dropped.push(key);
      continue;
    }
    kept.push([key, value]);
    if (!grounded && isCopyable(value, readShape(place))) ungrounded.push(key);
  }
  const given = Object.fromEntries(kept);
  const open = ungrounded
    .map((key) => ({ key, choices: supply.rest(given[key] ?? "") }))
    .filter(({ choices }) => choices.length > 0);
  return { call: { name: call.name, arguments: given }, dropped, open };
}

/**
 * Whether tools specify which arguments are required, that is, at least one argument is required. API-Bank's files do
 * not, so all its lists are empty. If other tools of a data set require an argument, an empty list means that none is.
 */
export function declaresRequirements(tools: readonly Tool[]): boolean {
  return tools.some(
    ({ parameters }) =>
      listOf(parameters["required"]).length > 0 ||
      readParameters(parameters).members.some(({ isRequired }) => isRequired),
  );
}

/** The values in a text that have not been taken yet. */
class Supply {
  readonly #text: string;
  readonly #taken = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes one occurrence of a value; false if none is left. For lists and objects, takes all members or none. */
  take(value: JsonValue): boolean {
    if (Array.isArray(value)) {
      const items = value as readonly JsonValue[];
      return items.length > 0 && items.every((item) => this.take(item));
    }
    if (isObject(value)) return Object.values(value).every((item) => this.take(item));
    if (typeof value !== "string" && !isNumber(value)) return false;
    if (this.#left(value) <= 0) return false;
    const key = foldText(textOf(value));
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    return true;
  }

  /** Counts occurrences that are not taken, including numbers written as words. */
  #left(value: CopiedValue): number {
    const offered = isNumber(value)
      ? numbersIn(this.#text).filter((number) => isSame(number, value)).length
      : countOccurrences(value, this.#text);
    return offered - (this.#taken.get(foldText(textOf(value))) ?? 0);
  }

  /** Lists replacements for `value` that are not taken: numbers for a number, else spans. */
  rest(value: JsonValue): CopiedValue[] {
    if (isNumber(value)) {
      const offered = new Map(numbersIn(this.#text).map((each) => [canonicalNumber(each), each]));
      return [...offered.values()].filter((number) => this.#left(number) > 0);
    }
    return listSpans(this.#text).filter((span) => !this.#taken.has(foldText(span)));
  }
}

function isCopyable(value: JsonValue, shape: Shape): boolean {
  if (isClosed(shape) || isEnumerated(value, shape)) return false;
  return typeof value === "string" || isNumber(value);
}

function isSame(left: JsonNumber, right: JsonNumber): boolean {
  return canonicalNumber(left) === canonicalNumber(right);
}

function textOf(value: CopiedValue): string {
  return typeof value === "string" ? value : numberText(value);
}
