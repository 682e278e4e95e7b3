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

/** Enters the key of whatever the copy rule has a say in: change it with any rule below. */
export const COPY_RULE_VERSION = "copy-2";

/** What can be copied from a text. */
export type CopiedValue = string | JsonNumber;

/** A required argument whose value is not in the text, and what may be copied in its place. */
export interface OpenArgument {
  readonly key: string;
  /** Never empty. */
  readonly choices: readonly CopiedValue[];
}

/** A call seen against the text that it answers. */
export interface GroundedCall {
  /** Without the dropped arguments; open ones still have the value as given. */
  readonly call: ToolCall;
  /** Optional arguments whose value is not in the text. */
  readonly dropped: readonly string[];
  /** Required arguments to be decoded again. */
  readonly open: readonly OpenArgument[];
}

/**
 * The copy rule's first half: drops optional arguments whose value is not in the text, and lists the required ones whose
 * value must be copied from it. Each occurrence in the text serves one argument. Values that the schema declares
 * (enum, const), booleans, lists and objects are no copies: required ones stay as they are. An argument that may be null
 * is optional, even if its key is required. If requirements are not known (`declaresRequirements`), whatever is given
 * counts as required: dropping it would be a guess.
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
 * Whether tools say which arguments are required: one of them requires one. API-Bank's files do not, so all of its
 * lists are empty; where others of a data set require something, an empty list says that nothing is.
 */
export function declaresRequirements(tools: readonly Tool[]): boolean {
  return tools.some(
    ({ parameters }) =>
      listOf(parameters["required"]).length > 0 ||
      readParameters(parameters).members.some(({ isRequired }) => isRequired),
  );
}

/** What a text has to offer, less what has been taken. */
class Supply {
  readonly #text: string;
  readonly #taken = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes one occurrence of a value; false where none is left. Lists and objects: all of their members, or none. */
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

  /** Occurrences of a value that are not taken; a number written as a word is one too. */
  #left(value: CopiedValue): number {
    const offered = isNumber(value)
      ? numbersIn(this.#text).filter((number) => isSame(number, value)).length
      : countOccurrences(value, this.#text);
    return offered - (this.#taken.get(foldText(textOf(value))) ?? 0);
  }

  /** What may be copied in the place of `value` and is not taken: numbers for a number, else spans. */
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
