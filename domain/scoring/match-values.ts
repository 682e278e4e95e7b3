import { numberText, sameNumber } from "../json/exact-number.js";
import { isDeeperThan, isObject, parseJson } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { itemsOf, memberOf, typesOf } from "../schemas/inside.js";
import { placeOf, readShape } from "../schemas/read-shape.js";
import type { SchemaPlace, Shape } from "../schemas/shape.js";
import { givenMembers } from "./absence.js";
import { softStringsMatch } from "./match-strings.js";

/** "soft": with `soft-v2` string matching; "strict": strings must be equal. */
export type MatchMode = "soft" | "strict";

/** How values are compared. */
export interface MatchRules {
  readonly mode: MatchMode;
  /** Whether a member that gold lacks counts as right if its value is the schema's default. */
  readonly allowDefaults: boolean;
}

/**
 * Whether a predicted value matches a gold value (specification, section 7.5): numbers by value, also
 * as numeric text unless the schema declares text ("02134" is not a number); booleans also as
 * "true"/"false"; lists in order and objects by key, recursively; a string that looks like a list or
 * object is read as one if that helps. Compares two strings as numbers only if the schema declares a
 * number. Object members that are null or `""` count as absent.
 *
 * @param schema - the argument's JSON Schema, if known; it is the root of references inside it
 */
export function valuesMatch(
  gold: JsonValue,
  predicted: JsonValue,
  mode: MatchMode,
  schema?: JsonObject,
): boolean {
  const place = schema === undefined ? undefined : placeOf(schema);
  return placedValuesMatch(gold, predicted, place, { mode, allowDefaults: true });
}

/** `valuesMatch` for a value whose schema is nested in another. */
export function placedValuesMatch(
  gold: JsonValue,
  predicted: JsonValue,
  place: SchemaPlace | undefined,
  rules: MatchRules,
): boolean {
  if (gold === predicted) return true;
  const shape = readShape(place);
  if (typeof gold === "string" && typeof predicted === "string") {
    return textsMatch(gold, predicted, shape, rules);
  }
  if (numberText(gold) !== null || numberText(predicted) !== null) {
    return isText(shape)
      ? numberTextsMatch(gold, predicted, rules.mode)
      : numbersMatch(gold, predicted);
  }
  if (typeof gold === "boolean" || typeof predicted === "boolean") {
    return asBoolean(gold) !== null && asBoolean(gold) === asBoolean(predicted);
  }
  return structuresMatch(gold, predicted, shape, rules);
}

/** Whether a value that gold lacks is the schema's default and therefore allowed. */
export function isDefault(
  predicted: JsonValue,
  place: SchemaPlace | undefined,
  rules: MatchRules,
): boolean {
  const { fallback } = readShape(place);
  if (!rules.allowDefaults || fallback === undefined) return false;
  return placedValuesMatch(fallback, predicted, place, rules);
}

function textsMatch(gold: string, predicted: string, shape: Shape, rules: MatchRules): boolean {
  const types = typesOf(shape);
  const isNumeric = types.has("number") || types.has("integer");
  if (isNumeric && !types.has("string") && numbersMatch(gold, predicted)) return true;
  if (types.has("boolean") && !types.has("string") && asBoolean(gold) !== null) {
    if (asBoolean(gold) === asBoolean(predicted)) return true;
  }
  if (rules.mode === "soft" && softStringsMatch(gold, predicted)) return true;
  return structuresMatch(gold, predicted, shape, rules);
}

/** Whether the schema allows text. */
function isText(shape: Shape): boolean {
  return typesOf(shape).has("string");
}

/** If the schema allows text, a number matches its own digits: 2134 is "2134", but neither "02134" nor "2134.0". */
function numberTextsMatch(gold: JsonValue, predicted: JsonValue, mode: MatchMode): boolean {
  if (typeof gold !== "string" && typeof predicted !== "string")
    return numbersMatch(gold, predicted);
  const [left, right] = [asText(gold), asText(predicted)];
  if (left === null || right === null) return false;
  return left === right || (mode === "soft" && softStringsMatch(left, right));
}

function asText(value: JsonValue): string | null {
  return typeof value === "string" ? value : numberText(value);
}

/** Compares numbers exactly by value, regardless of size and spelling. */
function numbersMatch(left: JsonValue, right: JsonValue): boolean {
  const [leftText, rightText] = [asText(left), asText(right)];
  return leftText !== null && rightText !== null && sameNumber(leftText, rightText);
}

function asBoolean(value: JsonValue): boolean | null {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return text === "true" ? true : text === "false" ? false : null;
}

function structuresMatch(
  gold: JsonValue,
  predicted: JsonValue,
  shape: Shape,
  rules: MatchRules,
): boolean {
  const [left, right] = [asStructure(gold), asStructure(predicted)];
  if (Array.isArray(left) && Array.isArray(right)) {
    const [leftItems, rightItems] = [left as readonly JsonValue[], right as readonly JsonValue[]];
    const items = itemsOf(shape);
    return (
      leftItems.length === rightItems.length &&
      leftItems.every((item, index) =>
        placedValuesMatch(item, rightItems[index] ?? null, items, rules),
      )
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  return membersMatch(left, right, shape, rules);
}

/** Compares members like arguments: absent members do not count, and a default may replace a missing member. */
function membersMatch(
  gold: JsonObject,
  predicted: JsonObject,
  shape: Shape,
  rules: MatchRules,
): boolean {
  const expected = new Map(givenMembers(gold));
  const given = new Map(givenMembers(predicted));
  return (
    [...expected].every(([key, value]) =>
      placedValuesMatch(value, given.get(key) ?? null, memberOf(shape, key), rules),
    ) &&
    [...given].every(
      ([key, value]) => expected.has(key) || isDefault(value, memberOf(shape, key), rules),
    )
  );
}

/**
 * Returns the list or object that a value is or that its text represents (JSON or Python notation); null
 * if neither.
 */
function asStructure(value: JsonValue): JsonValue {
  if (typeof value !== "string") return value;
  const text = value.trim();
  const isList = text.startsWith("[") && text.endsWith("]");
  if (!isList && !(text.startsWith("{") && text.endsWith("}"))) return null;
  const parsed = parseJson(text) ?? parsePython(text);
  if (parsed === null || isDeeperThan(parsed.value, MAX_DEPTH)) return null;
  return parsed.value as JsonValue;
}

/** Maximum nesting of lists and objects in a text; no tool needs more, and it bounds recursion. */
const MAX_DEPTH = 64;

/** Maximum length of a list in Python notation, which bounds the work of the pattern that reads it. */
const MAX_PYTHON_LENGTH = 100_000;

function parsePython(text: string): ReturnType<typeof parseJson> {
  return text.length > MAX_PYTHON_LENGTH ? null : parseJson(pythonToJson(text));
}

/** Converts Python's list notation, as data sets print it, to JSON: `['John', None, True]`. */
function pythonToJson(text: string): string {
  return text.replace(
    // An unclosed quote extends to the end, so that no part is scanned twice.
    /"(?:[^"\\]|\\[^])*(?:"|$)|'((?:[^'\\]|\\[^])*)(?:'|$)|\b(?:True|False|None)\b/g,
    (token: string, single: string | undefined) => {
      if (single !== undefined) return JSON.stringify(single.replace(/\\(['"\\])/g, "$1"));
      return { True: "true", False: "false", None: "null" }[token] ?? token;
    },
  );
}
