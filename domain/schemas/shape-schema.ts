import type { JsonObject, JsonValue } from "../json/value.js";
import type { Parameters } from "./read-parameters.js";
import { readShape } from "./read-shape.js";
import type { SchemaPlace, ShapeOption } from "./shape.js";

/** Levels spelled out; deeper, any value is legal. */
const MAX_DEPTH = 64;

/** Schemas reached by references that one tool spells out at most: a grammar of more is slow to compile. */
const MAX_REFERENCED = 500;

/** What is left of `MAX_REFERENCED`. */
interface Budget {
  referenced: number;
}

/**
 * The shape of an object as a JSON Schema without references: types, enumerated values, required
 * keys. Declared keys only, unless the schema describes others.
 */
export function objectSchema(object: Parameters): JsonObject {
  return writeObject(object, 0, { referenced: MAX_REFERENCED });
}

/** The JSON Schema of an object with these members and no others. */
export function closedObject(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: "object", properties, required, additionalProperties: false };
}

function writeObject({ members, rest }: Parameters, depth: number, budget: Budget): JsonObject {
  const properties = Object.fromEntries(
    members.map(({ name, place }) => [name, writePlace(place, depth + 1, budget)]),
  );
  const required = members.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const closed = closedObject(properties, required);
  if (rest === null) return closed;
  const further = writePlace(rest, depth + 1, budget);
  // xgrammar takes `true` for any value here, but no empty schema.
  return {
    ...closed,
    additionalProperties: Object.keys(further).length === 0 ? true : further,
  };
}

function writePlace(place: SchemaPlace, depth: number, budget: Budget): JsonObject {
  if (place.trail.length > 0) budget.referenced -= 1;
  if (depth > MAX_DEPTH || budget.referenced < 0) return {};
  const written = readShape(place).options.map((option) => writeOption(option, depth, budget));
  const [only] = written;
  return written.length === 1 && only !== undefined ? only : { anyOf: written };
}

function writeOption(option: ShapeOption, depth: number, budget: Budget): JsonObject {
  switch (option.kind) {
    case "any":
      return {};
    case "values":
      return { enum: option.values };
    case "array":
      return option.items === null
        ? { type: "array" }
        : { type: "array", items: writePlace(option.items, depth + 1, budget) };
    case "object":
      return describesNothing(option) ? { type: "object" } : writeObject(option, depth, budget);
    default:
      return { type: option.kind };
  }
}

/** An object that declares nothing may hold anything. */
function describesNothing({ members, rest }: Parameters): boolean {
  return members.length === 0 && (rest === null || isTrue(rest.schema));
}

function isTrue(schema: JsonValue | undefined): boolean {
  return schema === true;
}
