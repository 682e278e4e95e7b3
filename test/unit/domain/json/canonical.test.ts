import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../domain/json/canonical.js";
import { parseJson } from "../../../../domain/json/scan.js";

/** The same JSON value with every object's keys set in reverse order. */
function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reverseKeys(member)]),
  );
}

describe("canonicalJson", () => {
  it("sorts keys at every depth and writes no whitespace", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe(
      '{"a":"x","b":[{"c":null,"d":1}]}',
    );
  });

  it("writes equal numbers equally", () => {
    expect(canonicalJson([-0, 1.0, 1e21, 0.1])).toBe("[0,1,1e+21,0.1]");
  });

  it("leaves undefined members out, as JSON does", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it.each([
    [{ a: [Number.NaN] }, "canonical JSON cannot carry NaN at $.a[0]"],
    [{ when: new Date(0) }, "canonical JSON cannot carry an instance of Date at $.when"],
    [[undefined], "canonical JSON cannot carry undefined at $[0]"],
    [1n, "canonical JSON cannot carry bigint at $"],
  ])("refuses what JSON cannot carry: %o", (value, message) => {
    expect(() => canonicalJson(value)).toThrow(new TypeError(message));
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reverseKeys(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it("reads back as the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON.parse(JSON.stringify()) turns -0 into 0, as canonical JSON does.
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("writes equal numbers alike that no double holds, and different ones apart", () => {
    const write = (text: string): string => canonicalJson(parseJson(text)?.value);
    expect(write("[10e998, 1.0]")).toBe("[1e999,1]");
    expect(write("1e999")).toBe(write("1000E996"));
    expect(write("1234567890123456789")).not.toBe(write("1234567890123456788"));
    expect(write("[1234567890123456789]")).not.toBe(write('["1234567890123456789"]'));
  });
});
