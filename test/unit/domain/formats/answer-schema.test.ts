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

  it("refuses a forced name that is none of the tools", () => {
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
