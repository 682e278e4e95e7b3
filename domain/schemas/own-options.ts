import { listOf, objectOf } from "../json/fields.js";
import { isObject } from "../json/scan.js";
import type { SchemaType } from "../json/schema.js";
import { normaliseType } from "../json/schema.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { jsonTypeOf } from "./json-type.js";
import type { Member, ObjectOption, SchemaPlace, ShapeOption } from "./shape.js";

/** Keywords that define a value through other schemas. */
export const COMBINATORS = ["$ref", "allOf", "anyOf", "oneOf"] as const;

/**
 * Reads a schema's own constraints: `type`, `enum`, `const` and related keywords; null if it has none.
 * Enumerated values take precedence over the type, because data sets get the type wrong more often
 * than the values.
 */
export function readOwnOptions(schema: JsonObject, place: SchemaPlace): ShapeOption[] | null {
  const types = readTypes(schema);
  const values = readValues(schema, types);
  if (values !== null) {
    const known = types?.filter((type) => type !== "null") ?? [];
    const option: ShapeOption = {
      kind: "values",
      values,
      types: known.length > 0 ? known : [...new Set(values.map(jsonTypeOf))],
    };
    // OpenAI's strict mode writes `type: ["string", "null"]` next to an enum without null.
    const addsNull = types?.includes("null") === true && !values.includes(null);
    return addsNull ? [option, { kind: "null" }] : [option];
  }
  return types?.map((type) => readTyped(type, schema, place)) ?? null;
}

function readTyped(type: SchemaType, schema: JsonObject, place: SchemaPlace): ShapeOption {
  if (type === "array") return { kind: type, items: readItems(schema, place) };
  return type === "object" ? readObject(schema, place) : { kind: type };
}

/** Declared types, or the one that other keywords imply; null if there is none. */
function readTypes(schema: JsonObject): SchemaType[] | null {
  const declared = schema["type"];
  const named = typeof declared === "string" ? [declared] : listOf(declared);
  const types = named.map((name) => (typeof name === "string" ? normaliseType(name) : null));
  const known = types.filter((type) => type !== null);
  if (known.length > 0) return known.length < types.length ? null : known;
  if (isFilled(schema["properties"]) || isFilled(schema["additionalProperties"])) return ["object"];
  return isFilled(schema["items"]) || isFilled(schema["prefixItems"]) ? ["array"] : null;
}

function readValues(schema: JsonObject, types: readonly SchemaType[] | null): JsonValue[] | null {
  const fixed = schema["const"];
  const choices = listOf(schema["enum"]);
  if (fixed !== undefined && (fixed !== null || isNullMeant(schema, types))) return [fixed];
  return choices.length > 0 ? [...choices] : null;
}

/** Whether `const: null` is meant, because data tables fill absent keywords with null. */
function isNullMeant(schema: JsonObject, types: readonly SchemaType[] | null): boolean {
  if (types !== null) return types.every((type) => type === "null");
  return [...COMBINATORS, "enum"].every((keyword) => (schema[keyword] ?? null) === null);
}

/** Schema of a list's items; for a tuple, the alternatives of all its positions. */
function readItems(schema: JsonObject, place: SchemaPlace): SchemaPlace | null {
  const items = schema["items"];
  const tuple = [...listOf(schema["prefixItems"]), ...listOf(items)];
  if (tuple.length > 0) {
    return {
      ...place,
      schema: { anyOf: isObject(items) ? [...tuple, items] : tuple },
    };
  }
  return isObject(items) ? { ...place, schema: items } : null;
}

function readObject(schema: JsonObject, place: SchemaPlace): ObjectOption {
  const required = new Set(listOf(schema["required"]));
  const members = Object.entries(objectOf(schema["properties"])).flatMap(
    ([name, value]): Member[] => {
      // Data tables fill in other tools' arguments with null; `false` allows no value.
      if (value === null || value === false) return [];
      const isRequired = required.has(name) || objectOf(value)["required"] === true;
      return [{ name, isRequired, place: { ...place, schema: value } }];
    },
  );
  return {
    kind: "object",
    members,
    rest: readRest(schema, place),
    isListed: isObject(schema["properties"]),
  };
}

/** Schema of undeclared members. Ignores `additionalProperties: true` next to properties. */
function readRest(schema: JsonObject, place: SchemaPlace): SchemaPlace | null {
  const further = schema["additionalProperties"];
  if (isFilled(further)) return { ...place, schema: further as JsonValue };
  if (isObject(schema["properties"])) return null;
  const patterns = Object.values(objectOf(schema["patternProperties"]));
  if (patterns.length > 0) return { ...place, schema: { anyOf: patterns } };
  return further === true || isObject(further) ? { ...place, schema: true } : null;
}

function isFilled(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.keys(value).length > 0;
}
