import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../../domain/json/value.js";
import { valuesMatch } from "../../../../domain/scoring/match-values.js";

const anyValue = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
const mode = fc.constantFrom("soft" as const, "strict" as const);

describe("valuesMatch", () => {
  it.each<[JsonValue, JsonValue]>([
    [85, "85"],
    ["0.50", 0.5],
    [1e3, " 1000 "],
    [true, "True"],
    ["false", false],
    [["John", "Mary"], "['John', 'Mary']"],
    ["['John', 'Mary']", '["John", "Mary"]'],
    [["it's"], '["it\'s"]'],
    [{ a: [1, true, null] }, "{'a': [1, True, None]}"],
    [
      { a: 1, b: "2" },
      { b: 2, a: "1" },
    ],
    ["[not a list", "[not a list"],
  ])("matches %o and %o in both modes", (gold, predicted) => {
    expect(valuesMatch(gold, predicted, "soft")).toBe(true);
    expect(valuesMatch(gold, predicted, "strict")).toBe(true);
  });

  it.each<[JsonValue, JsonValue]>([
    [85, 850],
    [85, "85 km"],
    ["02134", "2134"],
    [true, 1],
    [true, "yes"],
    [null, "null"],
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [["a"], ["a", "a"]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, { b: 1 }],
    [[], {}],
    ["[x]", "[y]"],
  ])("keeps %o and %o apart in both modes", (gold, predicted) => {
    expect(valuesMatch(gold, predicted, "soft")).toBe(false);
    expect(valuesMatch(gold, predicted, "strict")).toBe(false);
  });

  it("matches inflected and re-cased strings under soft rules alone, at any depth", () => {
    expect(valuesMatch({ a: ["Fatigued"] }, { a: ["fatigue"] }, "soft")).toBe(true);
    expect(valuesMatch({ a: ["Fatigued"] }, { a: ["fatigue"] }, "strict")).toBe(false);
  });

  it("compares two numeric strings as numbers only if the schema declares a number", () => {
    expect(valuesMatch("85", "85.0", "soft")).toBe(false);
    expect(valuesMatch("85", "85.0", "soft", { type: "number" })).toBe(true);
    expect(valuesMatch(["85"], ["85.0"], "soft", { items: { type: "integer" } })).toBe(true);
    expect(valuesMatch("True", "true", "strict", { type: "boolean" })).toBe(true);
  });

  it.each<[JsonObject, JsonValue, JsonValue]>([
    [{ type: "string" }, "02134", 2134],
    [{ type: "string" }, "1.10", 1.1],
    [{ type: "string" }, "1e3", 1000],
    [{ type: "string" }, "+5", 5],
    [{ type: "string" }, "85", "85.0"],
    [{ type: "string" }, "<5", "5"],
    [{ type: "string" }, "<5", 5],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "02134", 2134],
    [{ type: ["string", "integer"] }, "02134", 2134],
    [{ $ref: "#/$defs/Zip", $defs: { Zip: { type: "string" } } }, "02134", 2134],
    [{ enum: ["1.10", "1.1"] }, "1.10", 1.1],
    [{ type: "array", items: { type: ["string", "null"] } }, ["02134"], [2134]],
    [{ properties: { zip: { type: "string" } } }, { zip: "02134" }, { zip: 2134 }],
  ])("reads text as no number if the schema is %j: %j, %j", (schema, gold, predicted) => {
    expect(valuesMatch(gold, predicted, "soft", schema)).toBe(false);
    expect(valuesMatch(predicted, gold, "soft", schema)).toBe(false);
  });

  it("matches a number with its own digits if the schema declares text", () => {
    const schema = { type: "string" };
    for (const mode of ["soft", "strict"] as const) {
      expect(valuesMatch("2134", 2134, mode, schema)).toBe(true);
      expect(valuesMatch(1.5, "1.5", mode, schema)).toBe(true);
      expect(valuesMatch(5, 5, mode, schema)).toBe(true);
    }
    expect(valuesMatch("5.", 5, "soft", schema)).toBe(true);
    expect(valuesMatch("5.", 5, "strict", schema)).toBe(false);
  });

  it.each<[JsonObject]>([
    [{ type: "integer" }],
    [{ type: ["integer", "null"] }],
    [{ anyOf: [{ type: "number" }, { type: "null" }] }],
    [{ allOf: [{ $ref: "#/$defs/N" }], $defs: { N: { type: "number" } } }],
    [{ enum: [68, 70] }],
  ])("reads text as a number if the schema is %j", (schema) => {
    expect(valuesMatch("68", "68.0", "strict", schema)).toBe(true);
    expect(valuesMatch(68, "68.0", "strict", schema)).toBe(true);
    expect(valuesMatch("68", "69", "soft", schema)).toBe(false);
  });

  it("lets numbers and numeric text agree if the schema says nothing", () => {
    for (const schema of [undefined, {}, { type: "any" }, { $ref: "https://x/y" }]) {
      expect(valuesMatch("02134", 2134, "strict", schema)).toBe(true);
    }
  });

  it("counts null, empty text and defaults as absent inside objects", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string" },
        days: { type: "integer", default: 7 },
        at: { type: "object", properties: { hour: { type: "integer", default: 12 } } },
      },
    };
    const match = (gold: JsonValue, predicted: JsonValue) =>
      valuesMatch(gold, predicted, "strict", schema);
    expect(match({ city: "Rome" }, { city: "Rome", zip: null, note: "" })).toBe(true);
    expect(match({ city: "Rome", zip: null }, { city: "Rome" })).toBe(true);
    expect(match({ city: "Rome" }, { city: "Rome", days: "7" })).toBe(true);
    expect(match({ city: "Rome" }, { city: "Rome", days: 8 })).toBe(false);
    // A default that gold names must be named.
    expect(match({ city: "Rome", days: 7 }, { city: "Rome" })).toBe(false);
    expect(match({ at: { day: 1 } }, { at: { day: 1, hour: 12 } })).toBe(true);
    expect(match({ city: "Rome" }, "{'city': 'Rome', 'days': None}")).toBe(true);
    // Places in a list count.
    expect(valuesMatch([1, null], [1], "soft")).toBe(false);
  });

  it("is reflexive and symmetric, and strict matches are soft matches", () => {
    fc.assert(
      fc.property(anyValue, anyValue, mode, (left, right, anyMode) => {
        expect(valuesMatch(left, left, anyMode)).toBe(true);
        expect(valuesMatch(left, right, anyMode)).toBe(valuesMatch(right, left, anyMode));
        if (valuesMatch(left, right, "strict")) {
          expect(valuesMatch(left, right, "soft")).toBe(true);
        }
      }),
    );
  });

  it("matches a list with its own JSON text", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 3 }), mode, (list, anyMode) => {
        expect(valuesMatch(list, JSON.stringify(list), anyMode)).toBe(true);
      }),
    );
  });
});
