import type { JsonObject, JsonValue } from "../json/value.js";
import type { Parameters } from "./read-parameters.js";
import { readShape } from "./read-shape.js";
import type { SchemaPlace, ShapeOption } from "./shape.js";

/** Maximum levels to write out; deeper, any value is legal. */
const MAX_DEPTH = 64;

/** Maximum referenced schemas that one tool writes out, because a larger grammar compiles slowly. */
const MAX_REFERENCED = 500;

/** Remaining schemas of `MAX_REFERENCED`. */
interface Budget {
  referenced: number;
}

/**
 * Writes the shape of an object as a JSON Schema without references: types, enumerated values, required
 * keys. Allows only declared keys, unless the schema describes others.
 */
export function objectSchema(object: Parameters): JsonObject {
  return writeObject(object, 0, { referenced: MAX_REFERENCED });
}

/** Builds the JSON Schema of an object with exactly these members. */
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
  // xgrammar accepts `true` for any value here, but not an empty schema.
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

/** Whether an object declares nothing and so allows any members. */
function describesNothing({ members, rest }: Parameters): boolean {
  return members.length === 0 && (rest === null || isTrue(rest.schema));
}

function isTrue(schema: JsonValue | undefined): boolean {
  return schema === true;
}
