import { isObject } from "../json/scan.js";
import type { JsonValue } from "../json/value.js";

/** Keywords at the root of a tool's parameters whose value is not an object. */
const SCALAR_KEYWORDS: ReadonlySet<string> = new Set([
  ...["type", "title", "description", "required", "enum", "const", "format", "examples", "example"],
  ...["default", "additionalProperties", "unevaluatedProperties", "minProperties", "maxProperties"],
  ...["deprecated", "readOnly", "writeOnly", "nullable", "strict"],
]);

/** Keywords whose value is an object. */
const OBJECT_KEYWORDS: ReadonlySet<string> = new Set([
  ...["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"],
  ...["propertyNames", "definitions", "items", "not", "if", "then", "else", "contains"],
  ...["dependentSchemas", "dependentRequired", "dependencies", "discriminator", "default"],
  ...["example", "const"],
]);

/**
 * Whether a member of a schema's root is one of JSON Schema's (or OpenAPI's) keywords, and not an
 * argument of that name.
 *
 * @param isTyped - whether the root declares a type and therefore is a schema
 */
export function isKeyword(key: string, value: JsonValue, isTyped: boolean): boolean {
  if (/^(?:\$|x-)/.test(key)) return true;
  if (!isObject(value)) return SCALAR_KEYWORDS.has(key);
  if (!OBJECT_KEYWORDS.has(key)) return false;
  return isTyped || key === "additionalProperties" || key === "definitions";
}
