import { describe, expect, it } from "vitest";
import { equalJson } from "../../../../domain/json/equal.js";
import { parseJson } from "../../../../domain/json/scan.js";
import type { JsonValue } from "../../../../domain/json/value.js";

function read(text: string): JsonValue {
  return parseJson(text)?.value as JsonValue;
}

describe("equalJson", () => {
  it.each([
    ['{"a": 1, "b": [2]}', '{"b": [2.0], "a": 1}'],
    ["[1e999]", "[10e998]"],
    ["1234567890123456789", "1234567890123456789.0"],
  ])("holds for %s and %s", (left, right) => {
    expect(equalJson(read(left), read(right))).toBe(true);
  });

  it.each([
    ["[1, 2]", "[2, 1]"],
    ['{"a": 1}', '{"a": 1, "b": null}'],
    ["1234567890123456789", "1234567890123456788"],
    ["1e999", "1e998"],
    ["1e999", '"1e999"'],
    ["1e999", "{}"],
  ])("does not hold for %s and %s", (left, right) => {
    expect(equalJson(read(left), read(right))).toBe(false);
    expect(equalJson(read(right), read(left))).toBe(false);
  });
});
