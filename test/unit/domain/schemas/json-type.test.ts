import { describe, expect, it } from "vitest";
import { isObject, parseJson } from "../../../../domain/json/scan.js";
import type { JsonValue } from "../../../../domain/json/value.js";
import { jsonTypeOf } from "../../../../domain/schemas/json-type.js";

describe("jsonTypeOf", () => {
  it.each([
    ["null", "null"],
    ["[]", "array"],
    ["{}", "object"],
    ['{"$exactNumber": "5"}', "object"],
    ['"1"', "string"],
    ["true", "boolean"],
    ["1.0", "integer"],
    ["1.5", "number"],
    ["1234567890123456789", "integer"],
    ["1e999", "integer"],
    ["1234567890123456789.5", "number"],
    ["1e-999", "number"],
  ])("of %s is %s", (text, type) => {
    const value = parseJson(text)?.value as JsonValue;
    expect(jsonTypeOf(value)).toBe(type);
    expect(isObject(value)).toBe(type === "object");
  });
});
