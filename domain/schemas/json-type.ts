import { isNumber, isWhole } from "../json/exact-number.js";
import type { SchemaType } from "../json/schema.js";
import type { JsonValue } from "../json/value.js";

/** JSON Schema's name for a value's type; "integer" for whole numbers. */
export function jsonTypeOf(value: JsonValue): SchemaType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (isNumber(value)) return isWhole(value) ? "integer" : "number";
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "boolean" : "object";
}
