import { describe, expect, it } from "vitest";
import {
  normaliseSchema,
  normaliseType,
  schemaFromArguments,
} from "../../../../domain/json/schema.js";

describe("normaliseType", () => {
  it.each([
    ["str", "string"],
    ["float", "number"],
    ["int", "integer"],
    ["Bool", "boolean"],
    ["List[int]", "array"],
    ["dict", "object"],
    ["Optional[str]", "string"],
    ["string (optional)", "string"],
    ["number", "number"],
    ["any", null],
    ["constructor", null],
    ["", null],
  ])("reads %o as %o", (type, expected) => {
    expect(normaliseType(type)).toBe(expected);
  });
});

describe("normaliseSchema", () => {
  it("goes into properties, items and alternatives and keeps the rest", () => {
    expect(
      normaliseSchema({
        type: "dict",
        properties: { a: { type: "list", items: { type: "int" }, description: "type: str" } },
        anyOf: [{ type: "str" }, { type: "any", default: 1 }],
      }),
    ).toEqual({
      type: "object",
      properties: { a: { type: "array", items: { type: "integer" }, description: "type: str" } },
      anyOf: [{ type: "string" }, { default: 1 }],
    });
  });

  it("keeps a property that is called type or items", () => {
    const schema = { properties: { type: { type: "str" }, items: { type: "int" } } };
    expect(normaliseSchema(schema)).toEqual({
      properties: { type: { type: "string" }, items: { type: "integer" } },
    });
  });

  it("removes a list of types if one of them is unknown", () => {
    expect(normaliseSchema({ type: ["str", "null"] })).toEqual({ type: ["string", "null"] });
    expect(normaliseSchema({ type: ["str", "any"] })).toEqual({});
  });
});

describe("schemaFromArguments", () => {
  it("moves required flags up and joins them with the tool's own list", () => {
    const schema = schemaFromArguments(
      {
        city: { type: "str", description: "Where", required: true },
        days: { type: "int", required: false },
        unit: { type: "str" },
      },
      ["unit", "not-declared"],
    );
    expect(schema).toEqual({
      type: "object",
      properties: {
        city: { type: "string", description: "Where" },
        days: { type: "integer" },
        unit: { type: "string" },
      },
      required: ["city", "unit"],
    });
  });

  it("makes an empty object of a tool without arguments", () => {
    expect(schemaFromArguments({})).toEqual({ type: "object", properties: {}, required: [] });
  });
});
