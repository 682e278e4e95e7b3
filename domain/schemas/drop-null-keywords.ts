import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";

/** Keywords whose members are named schemas. */
const MAPS: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
]);

/** Keywords that hold a schema or a list of schemas. */
const SCHEMAS: ReadonlySet<string> = new Set([
  "items",
  "prefixItems",
  "additionalProperties",
  "anyOf",
  "oneOf",
  "allOf",
]);

/** Keywords that do not constrain a value. */
const ANNOTATIONS: ReadonlySet<string> = new Set(["title", "description", "$comment"]);

/**
 * Removes null keywords and properties from a schema at any depth, because data tables (Hugging Face
 * `datasets`) give every row the members of all rows. Keeps a null default, and a null `const` if it is
 * the only constraint.
 */
export function dropNullKeywords(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).flatMap(([key, value]): [string, JsonValue][] => {
    if (value === null) return isMeant(key, schema) ? [[key, value]] : [];
    if (MAPS.has(key) && isObject(value)) return [[key, dropNullMembers(value)]];
    return [[key, SCHEMAS.has(key) ? dropInside(value) : value]];
  });
  return Object.fromEntries(members);
}

/** Removes null keywords from each named schema. */
export function dropNullMembers(schemas: JsonObject): JsonObject {
  const members = Object.entries(schemas).filter(([, value]) => value !== null);
  return Object.fromEntries(members.map(([name, value]) => [name, dropInside(value)]));
}

function dropInside(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).filter((part) => part !== null).map(dropInside);
  }
  return isObject(value) ? dropNullKeywords(value) : value;
}

/** Whether null is meant: as a default it means none; as a `const` it counts if there is no other constraint. */
function isMeant(key: string, schema: JsonObject): boolean {
  if (key === "default") return true;
  if (key !== "const") return false;
  const others = Object.entries(schema).filter(([, value]) => value !== null);
  return others.every(([other, value]) => ANNOTATIONS.has(other) || value === "null");
}
