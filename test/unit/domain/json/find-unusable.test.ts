import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../domain/json/canonical.js";
import { describeUnusable, findUnusable } from "../../../../domain/json/find-unusable.js";

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("findUnusable", () => {
  it.each<[string, unknown, string | null]>([
    [
      "half a character",
      { a: ["x", "\ud83d"] },
      'field "a.1": holds a lone surrogate (\\ud83d), half of a character',
    ],
    ["half a character alone", "\ude00", "holds a lone surrogate (\\ude00), half of a character"],
    [
      "such a key",
      { a: { "\ude00": 1 } },
      'field "a": has a key with a lone surrogate (\\ude00), half of a character',
    ],
    ["1e999", JSON.parse('{"a": 1e999}'), 'field "a": holds a number that is too large'],
    ["__proto__", JSON.parse('[{"__proto__": 1}]'), 'field "0": has a key "__proto__"'],
    ["101 levels", nested(101), 'field "0.0.0.0.0.0.0.0.0.0.0.0...": nests deeper than 100 levels'],
    ["100 levels", nested(100), null],
    ["an emoji", { "😀": ["😀", 1.5, null, true, {}] }, null],
  ])("of a value with %s", (_, value, expected) => {
    const unusable = findUnusable(value);
    expect(unusable === null ? null : describeUnusable(unusable)).toBe(expected);
  });

  it("survives 100,000 levels", () => {
    expect(findUnusable(nested(100_000))?.problem).toBe("nests deeper than 100 levels");
  });

  it("passes only what can be hashed and comes back from UTF-8 as it was", () => {
    // Any UTF-16 units, halves of characters among them.
    const anyText = fc
      .array(fc.oneof(fc.nat({ max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })), {
        maxLength: 4,
      })
      .map((units) => String.fromCharCode(...units));
    const values = fc.object({ key: anyText, values: [anyText, fc.double(), fc.constant(null)] });
    let passed = 0;
    fc.assert(
      fc.property(values, (value) => {
        if (findUnusable(value) !== null) return;
        passed += 1;
        const canonical = canonicalJson(value);
        expect(canonical).not.toMatch(/\\ud[89a-f]/);
        expect(Buffer.from(canonical).toString()).toBe(canonical);
      }),
    );
    expect(passed).toBeGreaterThan(0);
  });
});
