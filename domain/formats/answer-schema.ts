import { objectOf } from "../json/fields.js";
import { isObject } from "../json/scan.js";
import { normaliseSchema } from "../json/schema.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import type { Tool } from "../samples/sample.js";
import { sampleWithoutTools } from "../uncertainty/uncertainty.js";
import type { InferenceSpec } from "../config/variant.js";

/** Options of `answerSchema`. */
export interface AnswerSchemaOptions {
  /**
   * The first call must be of this tool (argmax-name); without it, any list is legal, the empty one
   * too.
   */
  readonly forcedName?: string;
  /** How many calls there are; any number by default. */
  readonly calls?: InferenceSpec["calls"];
}

/**
 * The JSON Schema of an answer's list of calls, for constrained decoding: each call names one of
 * the tools and has that tool's arguments, no others. Only shape is constrained (types, enums,
 * required keys), never bounds or patterns, so that every grammar engine takes it. Properties come
 * in the schema's order.
 *
 * Throws SAMPLE_WITHOUT_TOOLS without tools, a RangeError where `forcedName` is none of them.
 */
export function answerSchema(
  tools: readonly Tool[],
  options: AnswerSchemaOptions = {},
): JsonObject {
  if (tools.length === 0) throw sampleWithoutTools("an answer needs at least one tool to call");
  const { forcedName, calls = "any" } = options;
  const limits = {
    ...(calls === "any" && forcedName === undefined ? {} : { minItems: 1 }),
    ...(calls === "one" ? { maxItems: 1 } : {}),
  };
  // Of two tools with one name the first counts, as everywhere else.
  const distinct = tools.filter(
    (tool, index) => tools.findIndex(({ name }) => name === tool.name) === index,
  );
  const items: JsonObject = { anyOf: distinct.map(callSchema) };
  if (forcedName === undefined) return { type: "array", items, ...limits };
  const forced = distinct.find(({ name }) => name === forcedName);
  if (forced === undefined) throw new RangeError(`"${forcedName}" is none of the sample's tools`);
  // With a limit of one, an item rule beside the prefix would only confuse.
  if (calls === "one") return { type: "array", items: callSchema(forced), ...limits };
  return { type: "array", prefixItems: [callSchema(forced)], items, ...limits };
}

/** The JSON Schema of a synthesis reply: one object of instruction, input and output (calls). */
export function synthesisSchema(
  tools: readonly Tool[],
  options: Pick<AnswerSchemaOptions, "calls"> = {},
): JsonObject {
  return closedObject(
    {
      instruction: { type: "string" },
      input: { type: "string" },
      output: answerSchema(tools, options),
    },
    ["instruction", "input", "output"],
  );
}

function callSchema(tool: Tool): JsonObject {
  return closedObject({ name: { const: tool.name }, arguments: argumentsSchema(tool.parameters) }, [
    "name",
    "arguments",
  ]);
}

function argumentsSchema(parameters: JsonObject): JsonObject {
  const properties = objectOf(parameters["properties"]);
  return closedObject(shapeMembers(properties), requiredOf(parameters, properties));
}

/** The part of a schema that says which shape a value has. */
function shapeOf(schema: JsonValue | undefined): JsonObject {
  if (!isObject(schema)) return {};
  const given = normaliseSchema(schema);
  if (given["const"] !== undefined) return { const: given["const"] };
  const choices = given["enum"];
  if (Array.isArray(choices) && choices.length > 0) return { enum: choices as JsonValue[] };
  const alternatives = given["anyOf"] ?? given["oneOf"];
  if (Array.isArray(alternatives) && alternatives.length > 0) {
    return { anyOf: (alternatives as readonly JsonValue[]).map(shapeOf) };
  }
  const type = given["type"];
  if (type === "object") return objectShape(given);
  if (type === "array") {
    return isObject(given["items"]) ? { type, items: shapeOf(given["items"]) } : { type };
  }
  if (Array.isArray(type)) {
    return {
      anyOf: (type as readonly JsonValue[]).map((each) => shapeOf({ ...given, type: each })),
    };
  }
  return type === undefined ? {} : { type };
}

function objectShape(schema: JsonObject): JsonObject {
  const properties = objectOf(schema["properties"]);
  // An object that declares nothing may hold anything.
  if (Object.keys(properties).length === 0) return { type: "object" };
  return closedObject(shapeMembers(properties), requiredOf(schema, properties));
}

function shapeMembers(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, shapeOf(value)]),
  );
}

/** Names in `required` that are declared; some data sets require what they do not declare. */
function requiredOf(schema: JsonObject, properties: JsonObject): string[] {
  const required = schema["required"];
  if (!Array.isArray(required)) return [];
  return (required as readonly JsonValue[]).filter(
    (name): name is string => typeof name === "string" && Object.hasOwn(properties, name),
  );
}

function closedObject(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: "object", properties, required, additionalProperties: false };
}
