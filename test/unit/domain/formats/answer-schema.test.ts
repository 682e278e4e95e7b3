import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerSchema, synthesisSchema } from "../../../../domain/formats/answer-schema.js";
import type { JsonObject } from "../../../../domain/json/value.js";

const tool = (name: string, parameters: JsonObject) => ({ name, description: "", parameters });
const find = tool("find", {
  type: "object",
  properties: {
    city: { type: "str", description: "Where", pattern: "^[A-Z]" },
    limit: { type: "int", default: 10, minimum: 1 },
    unit: { type: "string", enum: ["km", "miles"] },
    tags: { type: "list", items: { type: "str" } },
    area: { type: "dict", properties: { x: { type: "float" } }, required: ["x", "y"] },
    extra: { type: "dict" },
    note: { type: ["string", "null"] },
    any: { type: "any" },
  },
  required: ["city", "undeclared"],
});
const now = tool("now", {});

const findCall = {
  type: "object",
  properties: {
    name: { const: "find" },
    arguments: {
      type: "object",
      properties: {
        city: { type: "string" },
        limit: { type: "integer" },
        unit: { enum: ["km", "miles"] },
        tags: { type: "array", items: { type: "string" } },
        area: {
          type: "object",
          properties: { x: { type: "number" } },
          required: ["x"],
          additionalProperties: false,
        },
        extra: { type: "object" },
        note: { anyOf: [{ type: "string" }, { type: "null" }] },
        any: {},
      },
      required: ["city"],
      additionalProperties: false,
    },
  },
  required: ["name", "arguments"],
  additionalProperties: false,
};
const nowCall = {
  type: "object",
  properties: {
    name: { const: "now" },
    arguments: { type: "object", properties: {}, required: [], additionalProperties: false },
  },
  required: ["name", "arguments"],
  additionalProperties: false,
};

describe("answerSchema", () => {
  it("allows any list of calls of the tools, with shapes only", () => {
    expect(answerSchema([find, now])).toEqual({
      type: "array",
      items: { anyOf: [findCall, nowCall] },
    });
  });

  it("forces the first call's name and leaves further calls free", () => {
    expect(answerSchema([find, now], { forcedName: "now" })).toEqual({
      type: "array",
      prefixItems: [nowCall],
      items: { anyOf: [findCall, nowCall] },
      minItems: 1,
    });
  });

  it("rejects a forced name that is not one of the tools", () => {
    expect(() => answerSchema([now], { forcedName: "then" })).toThrow(
      new RangeError('"then" is none of the sample\'s tools'),
    );
  });

  it("lists a tool that is offered twice once", () => {
    expect(answerSchema([now, tool("now", { properties: { x: {} } })])).toEqual({
      type: "array",
      items: { anyOf: [nowCall] },
    });
  });

  it("refuses a sample without tools", () => {
    expect(() => answerSchema([])).toThrow(
      expect.objectContaining({
        message: "an answer needs at least one tool to call",
        code: "SAMPLE_WITHOUT_TOOLS",
      }),
    );
  });
});

interface EngineCase {
  readonly title: string;
  readonly parameters: JsonObject;
  readonly schema: JsonObject;
}

/** What the engine's tests compile; they say which arguments each grammar takes. */
const engineCases = JSON.parse(
  readFileSync(new URL("../../../../engine/tests/answer_schemas.json", import.meta.url), "utf8"),
) as readonly EngineCase[];

it.each(engineCases.map((each) => [each.title, each] as const))(
  "gives the engine the schema that its tests compile: %s",
  (_, { parameters, schema }) => {
    expect(answerSchema([tool("f", parameters)], { calls: "one" })).toEqual(schema);
  },
);

describe("answerSchema of schemas that refer and combine", () => {
  const grammarOf = (parameters: JsonObject) => {
    const { items } = answerSchema([tool("f", parameters)]) as { items: { anyOf: JsonObject[] } };
    const { properties } = items.anyOf[0] as { properties: { arguments: JsonObject } };
    return properties.arguments;
  };
  const argument = (schema: JsonObject, further: JsonObject = {}) =>
    (
      grammarOf({ type: "object", properties: { a: schema }, ...further })[
        "properties"
      ] as JsonObject
    )["a"];

  it("resolves references, unions, constants and maps", () => {
    const $defs = { Unit: { type: "string", enum: ["c", "f"] } };
    expect(argument({ anyOf: [{ $ref: "#/$defs/Unit" }, { type: "null" }] }, { $defs })).toEqual({
      anyOf: [{ enum: ["c", "f"] }, { type: "null" }],
    });
    expect(argument({ type: ["string", "null"], enum: ["c"] })).toEqual({
      anyOf: [{ enum: ["c"] }, { type: "null" }],
    });
    expect(argument({ oneOf: [{ const: "c" }, { const: 1 }] })).toEqual({ enum: ["c", 1] });
    expect(
      argument({ type: "array", prefixItems: [{ type: "integer" }, { type: "string" }] }),
    ).toEqual({ type: "array", items: { anyOf: [{ type: "integer" }, { type: "string" }] } });
    expect(argument({ type: "object", additionalProperties: { type: "integer" } })).toEqual({
      type: "object",
      properties: {},
      required: [],
      additionalProperties: { type: "integer" },
    });
    expect(argument({ $ref: "https://example.com/x.json" })).toEqual({});
  });

  it("merges a root's parts, and leaves the arguments of an unreadable root open", () => {
    const part = (name: string) => ({
      type: "object",
      properties: { [name]: { type: "string" } },
      required: [name],
    });
    expect(
      grammarOf({ allOf: [part("a"), { $ref: "#/$defs/B" }], $defs: { B: part("b") } }),
    ).toEqual({
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      required: ["a", "b"],
      additionalProperties: false,
    });
    expect(grammarOf({ $ref: "https://example.com/x.json" })).toMatchObject({
      properties: {},
      additionalProperties: true,
    });
  });

  it("stops at a recursive definition and at an oversized schema", () => {
    const node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
    const text = JSON.stringify(grammarOf({ $ref: "#/$defs/Node", $defs: { Node: node } }));
    expect(text.match(/"next"/g)).toHaveLength(3);
    expect(text).toContain('"next":{}');
    const names = Array.from({ length: 12 }, (_, index) => `D${index}`);
    const all = Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]));
    const $defs = Object.fromEntries(
      names.map((name) => [name, { type: "object", properties: all }]),
    );
    expect(JSON.stringify(argument({ $ref: "#/$defs/D0" }, { $defs })).length).toBeLessThan(20_000);
  });
});

describe("synthesisSchema", () => {
  it("wraps the answer into instruction, input and output", () => {
    expect(synthesisSchema([now])).toEqual({
      type: "object",
      properties: {
        instruction: { type: "string" },
        input: { type: "string" },
        output: { type: "array", items: { anyOf: [nowCall] } },
      },
      required: ["instruction", "input", "output"],
      additionalProperties: false,
    });
  });
});
