import { listOf, objectOf } from "../json/fields.js";
import { isObject } from "../json/scan.js";
import { normaliseSchema, normaliseType, schemaFromArguments } from "../json/schema.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { dropNullKeywords, dropNullMembers } from "./drop-null-keywords.js";
import { isKeyword } from "./keywords.js";
import { COMBINATORS } from "./own-options.js";
import type { Parameters } from "./read-parameters.js";
import { readParameters } from "./read-parameters.js";

/** A tool's arguments as a JSON Schema of type "object", or why they cannot be read. */
export type ToolParameters =
  | { readonly parameters: JsonObject }
  /** Continues the sentence `the parameters of "name" ...`. */
  | { readonly problem: string };

/**
 * Reads a tool's parameters as data sets and APIs write them: a JSON Schema whose root has
 * `properties`, is a `$ref` into the schema itself, a combination (`allOf`, `anyOf`, `oneOf`) or a
 * map (`additionalProperties`), or arguments without any schema around them. Type names are
 * normalized; null keywords and properties count as absent. A tool without parameters, or with `{}`,
 * takes no arguments. If a schema's arguments cannot be found, that is a problem rather than an empty
 * list.
 */
export function readToolParameters(value: JsonValue | undefined): ToolParameters {
  if (value === undefined || value === null) return { parameters: withProperties({}) };
  if (!isObject(value)) return { problem: "are not a JSON object" };
  const schema = dropNullKeywords(value);
  const isListed = isListOfArguments(schema["properties"], schema);
  if (COMBINATORS.some((keyword) => schema[keyword] !== undefined)) {
    const combined = readParameters(schema);
    const isOwn = isListed && addNothing(combined, schema);
    return isOwn ? { parameters: readListed(schema) } : writeOut(schema, combined);
  }
  if (isListed) return { parameters: readListed(schema) };
  if (schema["properties"] !== undefined && !isObject(schema["properties"])) {
    return { problem: 'have "properties" that are not a JSON object' };
  }
  const bare = findBareArguments(schema);
  if (typeof bare === "string") return { problem: bare };
  if (bare !== null) {
    const required = listOf(schema["required"]).filter((name) => typeof name === "string");
    return { parameters: schemaFromArguments(dropNullMembers(bare), required) };
  }
  const type = schema["type"];
  if (type !== undefined && !isObjectType(type)) {
    return { problem: `describe ${describeType(type)}, not an object of arguments` };
  }
  if (schema["const"] === null) return { problem: "describe null, not an object of arguments" };
  const { rest } = readParameters({ ...schema, type: "object" });
  const normal = normaliseSchema(schema);
  return { parameters: rest === null ? withProperties(normal) : { ...normal, type: "object" } };
}

/**
 * Does the same for formats that list arguments by name, `{argument: {type, description, required?}}`;
 * also accepts a JSON Schema.
 *
 * @param required - names that the format lists separately from the arguments
 */
export function readArgumentList(
  list: JsonObject,
  required: readonly string[] = [],
): ToolParameters {
  const isSchema = typeof list["type"] === "string" || typeof list["$ref"] === "string";
  if (isSchema) return readToolParameters(list);
  return { parameters: schemaFromArguments(dropNullMembers(list), required) };
}

function withProperties(schema: JsonObject): JsonObject {
  return { type: "object", properties: {}, ...schema };
}

/** Reads a root with `properties`, which is an object regardless of its declared type. */
function readListed(schema: JsonObject): JsonObject {
  const normal = withProperties(normaliseSchema(schema));
  return isObjectType(normal["type"]) ? normal : { ...normal, type: "object" };
}

/** Whether a combination adds no arguments to the root's own `properties`. */
function addNothing({ members, rest }: Parameters, schema: JsonObject): boolean {
  const own = objectOf(schema["properties"]);
  const required = new Set(listOf(schema["required"]));
  return (
    rest === null &&
    members.length === Object.keys(own).length &&
    members.every(
      ({ name, isRequired, place }) =>
        place.schema === own[name] && (!isRequired || required.has(name)),
    )
  );
}

/** Expands a root that is a reference or a combination by one level; keeps its definitions. */
function writeOut(schema: JsonObject, { members, rest }: Parameters): ToolParameters {
  if (members.length === 0 && rest?.schema === true) {
    const reference = schema["$ref"];
    return typeof reference === "string"
      ? {
          problem: `refer to ${JSON.stringify(reference)}, which is no object of arguments in the schema`,
        }
      : { problem: "combine schemas that describe no object of arguments" };
  }
  const consumed = [...COMBINATORS, "type", "properties", "required", "additionalProperties"];
  const kept = Object.entries(schema).filter(([key]) => !consumed.includes(key));
  const properties = members.map(({ name, place }) => [name, place.schema ?? true] as const);
  const written: JsonObject = {
    type: "object",
    properties: Object.fromEntries(properties),
    required: members.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    ...(rest === null ? {} : { additionalProperties: rest.schema ?? true }),
    ...Object.fromEntries(kept),
  };
  return { parameters: normaliseSchema(written) };
}

/** Whether `properties` lists arguments, rather than being an argument with that name. */
function isListOfArguments(properties: JsonValue | undefined, schema: JsonObject): boolean {
  if (!isObject(properties)) return false;
  const isTyped = typeof schema["type"] === "string" || Array.isArray(schema["type"]);
  return isTyped || typeof properties["type"] !== "string";
}

/**
 * Finds arguments at the root itself, `{"city": {"type": "string"}}` or `{"city": "string"}`; null if
 * there are none, a problem if a member is not an argument.
 */
function findBareArguments(schema: JsonObject): JsonObject | string | null {
  const isTyped = isObjectType(schema["type"]);
  const found = Object.entries(schema).filter(([key, value]) => !isKeyword(key, value, isTyped));
  const named = found.map(([name, value]): [string, JsonValue] => {
    const isType = typeof value === "string" && normaliseType(value) !== null;
    return [name, isType ? { type: value } : value];
  });
  const odd = named.find(([, value]) => !isObject(value));
  if (odd === undefined) return named.length === 0 ? null : Object.fromEntries(named);
  // Next to a type, other scalars are extensions of JSON Schema, such as "strict".
  if (isTyped && named.every(([, value]) => !isObject(value))) return null;
  return `have ${JSON.stringify(odd[0])}, which is neither a keyword of JSON Schema nor an argument`;
}

function isObjectType(type: JsonValue | undefined): boolean {
  const names = typeof type === "string" ? [type] : listOf(type);
  return names.some((name) => typeof name === "string" && normaliseType(name) === "object");
}

function describeType(type: JsonValue): string {
  return typeof type === "string" ? `a value of type ${JSON.stringify(type)}` : "other values";
}
