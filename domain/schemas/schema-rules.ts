import { listOf } from "../json/fields.js";
import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import type { Tool } from "../samples/sample.js";
import { COMBINATORS } from "./own-options.js";

/**
 * Enters the key of every step with a tool whose schema is not plain, and the identity of sweeps with
 * such tools; change it with any rule for reading schemas.
 */
const SCHEMA_RULES_VERSION = "schemas-1";

/** Maximum depth to check. */
const MAX_DEPTH = 64;

const PLAIN_TYPES: readonly unknown[] = [
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
];

/**
 * The version of the rules that read these tools' schemas; null if all are plain (types, enums of text
 * and numbers, properties, items), which every version reads the same way.
 */
export function schemaRulesOf(tools: readonly Pick<Tool, "parameters">[]): string | null {
  return tools.every(({ parameters }) => isPlainRoot(parameters)) ? null : SCHEMA_RULES_VERSION;
}

function isPlainRoot(parameters: JsonObject): boolean {
  const { properties = {} } = parameters;
  const isListed = isObject(properties) && isObject(parameters["properties"]);
  return (
    isObject(properties) &&
    !combines(parameters) &&
    !isFilled(parameters["additionalProperties"]) &&
    (isListed || !isOpen(parameters)) &&
    listOf(parameters["required"]).every(
      (name) => typeof name === "string" && Object.hasOwn(properties, name),
    ) &&
    arePlain(Object.values(properties), 0)
  );
}

function isPlain(schema: JsonValue, depth: number): boolean {
  if (schema === null || schema === false || depth > MAX_DEPTH) return false;
  if (!isObject(schema)) return true;
  const given = schema;
  const { type, items, properties = {} } = given;
  if (combines(given) || given["const"] !== undefined || given["required"] === true) return false;
  if (!areScalars(given) || given["nullable"] === true) return false;
  if (type === undefined)
    return !["properties", "items", "additionalProperties"].some((each) => isFilled(given[each]));
  if (!PLAIN_TYPES.includes(type)) return false;
  if (type === "array") {
    if (given["enum"] !== undefined || given["prefixItems"] !== undefined) return false;
    return !Array.isArray(items) && (!isObject(items) || isPlain(items, depth + 1));
  }
  if (type !== "object") return true;
  if (given["enum"] !== undefined || isFilled(given["additionalProperties"])) return false;
  if (isFilled(given["patternProperties"]) || !isObject(properties)) return false;
  return arePlain(Object.values(properties), depth + 1);
}

function arePlain(schemas: readonly JsonValue[], depth: number): boolean {
  return schemas.every((schema) => isPlain(schema, depth));
}

function combines(schema: JsonObject): boolean {
  return COMBINATORS.some((keyword) => schema[keyword] !== undefined);
}

/** Whether enumerated values and the default are strings, numbers or booleans. */
function areScalars(schema: JsonObject): boolean {
  const choices = schema["enum"];
  const isList = choices === undefined || (Array.isArray(choices) && choices.length > 0);
  return isList && listOf(choices).every(isScalar) && !isFilled(schema["default"]);
}

function isScalar(value: JsonValue): boolean {
  return typeof value !== "object";
}

function isOpen(schema: JsonObject): boolean {
  const further = schema["additionalProperties"];
  return further === true || isObject(further) || isFilled(schema["patternProperties"]);
}

function isFilled(value: JsonValue | undefined): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
