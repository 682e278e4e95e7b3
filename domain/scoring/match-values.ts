import { isObject, parseJson } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { softStringsMatch } from "./match-strings.js";

/** "soft": with `soft-v1` string matching; "strict": strings must be equal. */
export type MatchMode = "soft" | "strict";

/**
 * Whether a predicted value means the same as a gold value (specification, section 7.5): numbers by
 * value, also as numeric strings; booleans also as "true"/"false"; lists in order and objects by
 * key, recursively; a string that looks like a list or object is read as one where that helps. Two
 * strings are compared as numbers only where the schema says the argument is one ("02134" is no
 * number).
 *
 * @param schema - the argument's JSON Schema, where known
 */
export function valuesMatch(
  gold: JsonValue,
  predicted: JsonValue,
  mode: MatchMode,
  schema?: JsonObject,
): boolean {
  if (gold === predicted) return true;
  if (typeof gold === "string" && typeof predicted === "string") {
    return textsMatch(gold, predicted, mode, schema);
  }
  if (typeof gold === "number" || typeof predicted === "number") {
    return numbersMatch(gold, predicted);
  }
  if (typeof gold === "boolean" || typeof predicted === "boolean") {
    return asBoolean(gold) !== null && asBoolean(gold) === asBoolean(predicted);
  }
  return structuresMatch(gold, predicted, mode, schema);
}

function textsMatch(
  gold: string,
  predicted: string,
  mode: MatchMode,
  schema: JsonObject | undefined,
): boolean {
  const type = schema?.["type"];
  if ((type === "number" || type === "integer") && numbersMatch(gold, predicted)) return true;
  if (type === "boolean" && asBoolean(gold) !== null && asBoolean(gold) === asBoolean(predicted)) {
    return true;
  }
  if (mode === "soft" && softStringsMatch(gold, predicted)) return true;
  return structuresMatch(gold, predicted, mode, schema);
}

function numbersMatch(left: JsonValue, right: JsonValue): boolean {
  const [leftNumber, rightNumber] = [asNumber(left), asNumber(right)];
  return leftNumber !== null && leftNumber === rightNumber;
}

function asNumber(value: JsonValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return null;
  const text = value.trim();
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function asBoolean(value: JsonValue): boolean | null {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return text === "true" ? true : text === "false" ? false : null;
}

function structuresMatch(
  gold: JsonValue,
  predicted: JsonValue,
  mode: MatchMode,
  schema: JsonObject | undefined,
): boolean {
  const [left, right] = [asStructure(gold), asStructure(predicted)];
  if (Array.isArray(left) && Array.isArray(right)) {
    const [leftItems, rightItems] = [left as readonly JsonValue[], right as readonly JsonValue[]];
    const itemSchema = subSchema(schema?.["items"]);
    return (
      leftItems.length === rightItems.length &&
      leftItems.every((item, index) =>
        valuesMatch(item, rightItems[index] ?? null, mode, itemSchema),
      )
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  const [leftMembers, rightMembers] = [left, right];
  const properties = subSchema(schema?.["properties"]);
  const keys = Object.keys(leftMembers);
  return (
    keys.length === Object.keys(rightMembers).length &&
    keys.every((key) => {
      const [leftMember, rightMember] = [leftMembers[key], rightMembers[key]];
      if (leftMember === undefined || rightMember === undefined) return false;
      return valuesMatch(leftMember, rightMember, mode, subSchema(properties?.[key]));
    })
  );
}

/**
 * The list or object a value is, or that its text shows (JSON or Python notation); null where
 * neither.
 */
function asStructure(value: JsonValue): JsonValue {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!/^(\[[^]*\]|\{[^]*\})$/.test(text)) return null;
  return (parseJson(text)?.value ?? parseJson(pythonToJson(text))?.value ?? null) as JsonValue;
}

/** Python's notation of lists as data sets print it, `['John', None, True]`, in JSON's. */
function pythonToJson(text: string): string {
  return text.replace(
    /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(?:True|False|None)\b/g,
    (token: string, single: string | undefined) => {
      if (single !== undefined) return JSON.stringify(single.replace(/\\(['"\\])/g, "$1"));
      return { True: "true", False: "false", None: "null" }[token] ?? token;
    },
  );
}

function subSchema(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
