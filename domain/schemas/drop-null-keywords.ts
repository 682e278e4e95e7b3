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

/** Keywords that say nothing of a value. */
const ANNOTATIONS: ReadonlySet<string> = new Set(["title", "description", "$comment"]);

/**
 * A schema without the keywords and properties that are null at any depth: tables of data (Hugging
 * Face `datasets`) give every row the members of all rows. A default of null stays, and so does a
 * `const` of null that says all there is.
 */
export function dropNullKeywords(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).flatMap(([key, value]): [string, JsonValue][] => {
    if (value === null) return isMeant(key, schema) ? [[key, value]] : [];
    if (MAPS.has(key) && isObject(value)) return [[key, dropNullMembers(value)]];
    return [[key, SCHEMAS.has(key) ? dropInside(value) : value]];
  });
  return Object.fromEntries(members);
}

/** Named schemas, each without what is null in it. */
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

/** A default of null says that there is none; a `const` of null counts if nothing else is said. */
function isMeant(key: string, schema: JsonObject): boolean {
  if (key === "default") return true;
  if (key !== "const") return false;
  const others = Object.entries(schema).filter(([, value]) => value !== null);
  return others.every(([other, value]) => ANNOTATIONS.has(other) || value === "null");
}
