import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../../domain/json/value.js";
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

  it("compares two numeric strings as numbers only where the schema says so", () => {
    expect(valuesMatch("85", "85.0", "soft")).toBe(false);
    expect(valuesMatch("85", "85.0", "soft", { type: "number" })).toBe(true);
    expect(valuesMatch(["85"], ["85.0"], "soft", { items: { type: "integer" } })).toBe(true);
    expect(valuesMatch("True", "true", "strict", { type: "boolean" })).toBe(true);
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

  it("matches a value with its own JSON text where it is a list", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 3 }), mode, (list, anyMode) => {
        expect(valuesMatch(list, JSON.stringify(list), anyMode)).toBe(true);
      }),
    );
  });
});
