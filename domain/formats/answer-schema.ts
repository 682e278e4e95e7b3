import type { JsonObject } from "../json/value.js";
import type { Tool } from "../samples/sample.js";
import { readParameters } from "../schemas/read-parameters.js";
import { closedObject, objectSchema } from "../schemas/shape-schema.js";
import { sampleWithoutTools } from "../uncertainty/uncertainty.js";
import type { InferenceSpec } from "../config/variant.js";

/** Options of `answerSchema`. */
export interface AnswerSchemaOptions {
  /**
   * Tool of the first call (argmax-name); if absent, any list is legal, including the empty one.
   */
  readonly forcedName?: string;
  /** Number of calls; any by default. */
  readonly calls?: InferenceSpec["calls"];
}

/**
 * Builds the JSON Schema of an answer's list of calls for constrained decoding: each call names one of
 * the tools and has only that tool's arguments. It constrains shape only (types, enums, required keys),
 * never bounds or patterns, so that every grammar engine accepts it. Properties keep the schema's
 * order.
 *
 * Throws SAMPLE_WITHOUT_TOOLS without tools, and a RangeError if `forcedName` is not one of them.
 */
export function answerSchema(
  tools: readonly Tool[],
  options: AnswerSchemaOptions = {},
): JsonObject {
  const { first, other } = callSchemas(tools, options);
  const { forcedName, calls = "any" } = options;
  const limits = {
    ...(calls === "any" && forcedName === undefined ? {} : { minItems: 1 }),
    ...(calls === "one" ? { maxItems: 1 } : {}),
  };
  if (forcedName === undefined) return { type: "array", items: other, ...limits };
  // With a limit of one, an `items` rule next to the prefix would be redundant.
  if (calls === "one") return { type: "array", items: first, ...limits };
  return { type: "array", prefixItems: [first], items: other, ...limits };
}

/**
 * Builds the JSON Schemas of an answer's first call and of each other call, with the arguments under the format's
 * key. Throws the errors of `answerSchema`.
 */
export function callSchemas(
  tools: readonly Tool[],
  { forcedName }: AnswerSchemaOptions = {},
  argumentsKey = "arguments",
): { readonly first: JsonObject; readonly other: JsonObject } {
  if (tools.length === 0) throw sampleWithoutTools("an answer needs at least one tool to call");
  // If two tools have the same name, the first counts, as everywhere else.
  const distinct = tools.filter(
    (tool, index) => tools.findIndex(({ name }) => name === tool.name) === index,
  );
  const schemaOf = (tool: Tool): JsonObject => callSchema(tool, argumentsKey);
  const other: JsonObject = { anyOf: distinct.map(schemaOf) };
  if (forcedName === undefined) return { first: other, other };
  const forced = distinct.find(({ name }) => name === forcedName);
  if (forced === undefined) throw new RangeError(`"${forcedName}" is none of the sample's tools`);
  return { first: schemaOf(forced), other };
}

/** Builds the JSON Schema of a synthesis reply: one object with instruction, input and output (calls). */
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

function callSchema(tool: Tool, argumentsKey: string): JsonObject {
  const given = objectSchema(readParameters(tool.parameters));
  return closedObject({ name: { const: tool.name }, [argumentsKey]: given }, [
    "name",
    argumentsKey,
  ]);
}
