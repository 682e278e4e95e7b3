import { isObject } from "./scan.js";
import type { JsonObject, JsonValue } from "./value.js";

/** JSON Schema's type names. */
export type SchemaType = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

const TYPE_NAMES: Readonly<Record<string, SchemaType>> = {
  str: "string",
  string: "string",
  text: "string",
  char: "string",
  date: "string",
  datetime: "string",
  time: "string",
  float: "number",
  double: "number",
  number: "number",
  decimal: "number",
  int: "integer",
  integer: "integer",
  long: "integer",
  bool: "boolean",
  boolean: "boolean",
  list: "array",
  array: "array",
  tuple: "array",
  set: "array",
  dict: "object",
  object: "object",
  none: "null",
  null: "null",
};

/**
 * JSON Schema's name for a type as data sets write it: "str", "float", "List[int]", "dict",
 * "Optional[str]", "string (optional)". Returns null for "any" and unknown names, which allow any
 * value.
 */
export function normaliseType(type: string): SchemaType | null {
  const text = type.trim().toLowerCase();
  const optional = /^optional\[(.*)\]$/.exec(text);
  if (optional?.[1] !== undefined) return normaliseType(optional[1]);
  const head = /^[a-z]+/.exec(text)?.[0] ?? "";
  return Object.hasOwn(TYPE_NAMES, head) ? (TYPE_NAMES[head] ?? null) : null;
}

/**
 * Normalizes a schema's type names at every depth and keeps everything else (descriptions, defaults,
 * enums). Removes types that JSON Schema does not have, so that any value is legal.
 */
export function normaliseSchema(schema: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "type") {
      const type = normaliseTypes(value);
      if (type !== null) result[key] = type;
    } else if (key === "properties" && isObject(value)) {
      result[key] = mapMembers(value, normaliseMember);
    } else if (key === "items") {
      result[key] = normaliseMember(value);
    } else if (["anyOf", "oneOf", "allOf"].includes(key) && Array.isArray(value)) {
      result[key] = (value as readonly JsonValue[]).map(normaliseMember);
    } else {
      result[key] = value;
    }
  }
  return result;
}

/**
 * Converts a tool's parameters as data sets list them, `{argument: {type, description, required?}}`, to
 * a JSON Schema of type "object". An argument is required if its own flag or `required` says so.
 */
export function schemaFromArguments(
  argumentsByName: JsonObject,
  required: readonly string[] = [],
): JsonObject {
  const needed = Object.entries(argumentsByName)
    .filter(([name, value]) => {
      const own = isObject(value) ? value["required"] : undefined;
      return own === true || required.includes(name);
    })
    .map(([name]) => name);
  const properties = mapMembers(argumentsByName, (value) => {
    if (!isObject(value)) return {};
    // Inside an argument, `required: true` is the data set's notation; JSON Schema has it one level up.
    const members = Object.entries(value).filter(
      ([key, member]) => key !== "required" || Array.isArray(member),
    );
    return normaliseSchema(Object.fromEntries(members));
  });
  return { type: "object", properties, required: needed };
}

function normaliseTypes(value: JsonValue): JsonValue | null {
  if (typeof value === "string") return normaliseType(value);
  if (!Array.isArray(value)) return null;
  const types = (value as readonly JsonValue[]).map((type) =>
    typeof type === "string" ? normaliseType(type) : null,
  );
  return types.some((type) => type === null) ? null : types;
}

function normaliseMember(value: JsonValue): JsonValue {
  return isObject(value) ? normaliseSchema(value) : value;
}

function mapMembers(object: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
