import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditRecords } from "../../../../datasets/audit-records.js";
import { inspectRecords } from "../../../../datasets/inspect-records.js";
import { answerSchema, synthesisSchema } from "../../../../domain/formats/answer-schema.js";
import { findSynthesisFlaw, pairQuery } from "../../../../domain/formats/synthesis-reply.js";
import { declaresRequirements, groundCall } from "../../../../domain/grounding/ground-call.js";
import { substituteValues } from "../../../../domain/grounding/substitute-values.js";
import { createRandom } from "../../../../domain/identity/random.js";
import type { JsonObject, JsonValue } from "../../../../domain/json/value.js";
import { schemaRulesOf } from "../../../../domain/schemas/schema-rules.js";
import { readToolParameters } from "../../../../domain/schemas/tool-parameters.js";
import { findArgumentMismatch } from "../../../../domain/scoring/match-arguments.js";
import { renderSignature } from "../../../../prompts/signature.js";
import { anyArguments, anyParameters, anySchema } from "./arbitrary-schemas.js";

const CHECKS = { knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true };
const QUERY = "Find 12 lamps in New Oslo, metric, by 2024-05-06 for three red rooms.";

/** Everything that the project does with a tool's schema, but the grammar. */
function useSchema(parameters: JsonObject, given: JsonObject, predicted: JsonObject) {
  const tool = { name: "f", description: "", parameters };
  const call = { name: "f", arguments: given };
  const messages = [{ role: "user" as const, content: QUERY }];
  const pair = { instruction: `${QUERY} Again.`, input: "", output: [call] };
  return {
    signature: renderSignature(tool),
    grounded: groundCall(call, tool, QUERY),
    requirements: declaresRequirements([tool]),
    substituted: substituteValues({ query: QUERY, calls: [call] }, [tool], createRandom("x")),
    flaw: findSynthesisFlaw(pair, {
      sample: { messages, tools: [tool] },
      siblings: [],
      checks: CHECKS,
      queryOf: pairQuery,
    }),
    soft: findArgumentMismatch(call, predicted, "soft", parameters),
    strict: findArgumentMismatch(call, predicted, "strict", parameters),
    oddities: inspectRecords([{ messages, tools: [tool], gold: { calls: [call] } }]),
  };
}

describe("a schema of any form", { timeout: 60_000 }, () => {
  it("throws in no consumer", () => {
    fc.assert(
      fc.property(anyParameters, anyArguments, anyArguments, (parameters, given, predicted) => {
        useSchema(parameters, given, predicted);
        const tool = { name: "f", description: "", parameters };
        const record = { messages: [], tools: [tool], gold: { calls: [] } };
        expect(auditRecords([record])).toHaveLength(1);
        expect(JSON.stringify(answerSchema([tool])).length).toBeLessThan(200_000);
        expect(JSON.stringify(synthesisSchema([tool]))).not.toContain("$ref");
        expect([null, "schemas-1"]).toContain(schemaRulesOf([tool]));
      }),
      { numRuns: 150 },
    );
  });

  it("is read for import, or refused with a reason", () => {
    fc.assert(
      fc.property(anySchema, anyArguments, (value, given) => {
        const read = readToolParameters(value);
        if ("problem" in read) {
          expect(read.problem).toMatch(/^(are|describe|refer|combine|have) /);
          return;
        }
        expect(read.parameters["type"]).toSatisfy((type: JsonValue) =>
          [type].flat().includes("object"),
        );
        // A file that was imported, written and imported again says the same.
        const again = readToolParameters(read.parameters) as typeof read;
        expect(useSchema(again.parameters, given, given)).toEqual(
          useSchema(read.parameters, given, given),
        );
      }),
      { numRuns: 150 },
    );
  });
});

/** A schema as it would be written by hand, and values of which some are legal. */
const plainSchemas: readonly (readonly [JsonObject, readonly JsonValue[]])[] = [
  [{ type: "string" }, ["New Oslo", "Paris", "02134", 2134, "12"]],
  [{ type: "string", enum: ["metric", "imperial"] }, ["metric", "imperial", "new"]],
  [{ type: "string", enum: ["red", "blue"], default: "red" }, ["red", "blue", "rooms"]],
  [{ type: "integer" }, [12, "12", "12.0", 13]],
  [{ type: "number", default: 3 }, [3, 3.5, "3", "3.0"]],
  [{ type: "boolean" }, [true, "true", "True", false]],
  [
    { type: "array", items: { type: "string", enum: ["red", "blue"] } },
    [["red"], ["rooms", "red"]],
  ],
  [
    { type: "array", items: { type: "integer" } },
    [
      [12, "3"],
      ["12", 3],
    ],
  ],
  [
    {
      type: "object",
      properties: {
        city: { type: "string" },
        zip: { type: "string" },
        days: { type: "integer", default: 12 },
      },
      required: ["city"],
    },
    [{ city: "New Oslo" }, { city: "Paris", zip: "02134" }, { city: "New Oslo", days: "12" }],
  ],
];

/** Other ways to write the same schema; `Twin` is the definition that references find. */
const WRAPPINGS: Readonly<Record<string, (schema: JsonObject) => JsonObject>> = {
  "anyOf with null": (schema) => ({
    anyOf: [schema, { type: "null" }],
    default: schema["default"] ?? null,
  }),
  "oneOf of one": (schema) => ({ oneOf: [schema], ...defaultOf(schema) }),
  "allOf of one": (schema) => ({ allOf: [schema] }),
  "allOf of two": (schema) => ({ allOf: [schema, { description: "d" }] }),
  "a reference": () => ({ $ref: "#/$defs/Twin" }),
  "a nullable reference": (schema) => ({
    anyOf: [{ $ref: "#/$defs/Twin" }, { type: "null" }],
    ...defaultOf(schema),
  }),
  "a reference to a reference": () => ({ allOf: [{ $ref: "#/$defs/Other" }] }),
  "types with null": (schema) => ({ ...schema, type: [schema["type"] ?? "string", "null"] }),
  nullable: (schema) => ({ ...schema, nullable: true }),
};

function defaultOf(schema: JsonObject): JsonObject {
  return schema["default"] === undefined ? {} : { default: schema["default"] };
}

describe.each(Object.entries(WRAPPINGS))(
  "a schema written as %s",
  { timeout: 60_000 },
  (name, wrap) => {
    const definitions = (schema: JsonObject): JsonObject => ({
      $defs: { Twin: schema, Other: { $ref: "#/$defs/Twin" } },
    });
    const cases = fc.constantFrom(...plainSchemas).chain(([schema, values]) => {
      const value = fc.constantFrom<JsonValue>(...values, "an invention", null, "");
      return fc.record({
        schema: fc.constant(schema),
        value,
        predicted: value,
        required: fc.boolean(),
      });
    });

    it("does what its plain twin does", () => {
      fc.assert(
        fc.property(cases, ({ schema, value, predicted, required }) => {
          // Null is legal: so the twin is optional, whatever the wrapped schema requires.
          const isNullable = /null/.test(name);
          const plain = {
            type: "object",
            properties: { a: schema, b: { type: "string" } },
            required: required && !isNullable ? ["a", "b"] : ["b"],
          };
          const wrapped = {
            ...definitions(schema),
            type: "object",
            properties: { a: wrap(schema), b: { type: "string" } },
            required: required ? ["a", "b"] : ["b"],
          };
          const given = { a: value, b: "lamps" };
          const other = { a: predicted, b: "lamps" };
          expect(useSchema(wrapped, given, other)).toEqual(useSchema(plain, given, other));
          expect(useSchema(wrapped, { b: "lamps" }, other)).toEqual(
            useSchema(plain, { b: "lamps" }, other),
          );
          // At the root, too.
          const root = {
            $ref: "#/$defs/Root",
            $defs: { ...(definitions(schema).$defs as JsonObject), Root: wrapped },
          };
          expect(useSchema(root, given, other)).toEqual(useSchema(plain, given, other));
        }),
      );
    });

    it("has the grammar of its plain twin, null aside", () => {
      fc.assert(
        fc.property(cases, ({ schema }) => {
          const grammarOf = (argument: JsonObject): JsonValue => {
            const parameters = {
              ...definitions(schema),
              type: "object",
              properties: { a: argument },
            };
            const { items } = answerSchema([{ name: "f", description: "", parameters }]) as never;
            const [call] = (items as { anyOf: JsonObject[] }).anyOf;
            return call as JsonObject;
          };
          const given = { properties: { arguments: { properties: { a: {} } } } };
          expect(grammarOf(schema)).toMatchObject(given);
          const plain = JSON.stringify(grammarOf(schema));
          const text = JSON.stringify(grammarOf(wrap(schema)));
          expect(text.replace(/\{"anyOf":\[(.*),\{"type":"null"\}\]\}/, "$1")).toBe(plain);
        }),
      );
    });
  },
);
