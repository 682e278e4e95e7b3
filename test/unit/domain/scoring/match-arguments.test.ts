import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import { findArgumentMismatch } from "../../../../domain/scoring/match-arguments.js";

const gold = (given: JsonObject) => ({ name: "find", arguments: given });
const schema: JsonObject = {
  type: "object",
  properties: { city: { type: "string" }, limit: { type: "integer", default: 10 } },
};
const mismatch = (expected: JsonObject, predicted: JsonObject): string | null =>
  findArgumentMismatch(gold(expected), predicted, "soft", schema);

describe("findArgumentMismatch", () => {
  it("accepts equal arguments in any order of keys", () => {
    expect(mismatch({ city: "Paris", limit: 3 }, { limit: "3", city: "paris" })).toBeNull();
  });

  it("drops null and empty strings on both sides", () => {
    expect(mismatch({ city: "Paris", note: null, tag: "" }, { city: "Paris" })).toBeNull();
    expect(mismatch({ city: "Paris" }, { city: "Paris", note: null, tag: "" })).toBeNull();
  });

  it("names the wrong, the missing and the extra argument", () => {
    expect(mismatch({ city: "Paris", limit: 3 }, { city: "Rome", limit: 3 })).toBe("city");
    expect(mismatch({ city: "Paris", limit: 3 }, { city: "Paris" })).toBe("limit");
    expect(mismatch({ city: "Paris" }, { city: "Paris", country: "France" })).toBe("country");
  });

  it("takes an argument of an inherited name for one like others", () => {
    const call = { name: "find", arguments: { constructor: "x" }, accepted: { city: ["Rome"] } };
    const check = (given: JsonObject) => findArgumentMismatch(call, given, "soft", schema);
    expect(check({ city: "Rome", constructor: "x" })).toBeNull();
    expect(check({ city: "Rome", constructor: "y" })).toBe("constructor");
  });

  it("names the first one in gold's order if several are wrong", () => {
    expect(mismatch({ city: "Paris", limit: 3 }, { limit: 4, city: "Rome", x: 1 })).toBe("city");
  });

  it("allows an extra argument with the schema's default, unless disabled", () => {
    expect(mismatch({ city: "Paris" }, { city: "Paris", limit: 10 })).toBeNull();
    expect(mismatch({ city: "Paris" }, { city: "Paris", limit: 11 })).toBe("limit");
    const found = findArgumentMismatch(
      gold({ city: "Paris" }),
      { city: "Paris", limit: 10 },
      "soft",
      schema,
      { allowDefaults: false },
    );
    expect(found).toBe("limit");
  });

  it("reads the arguments of a root that is a reference or nullable types", () => {
    const parameters = {
      $ref: "#/$defs/Find",
      $defs: {
        Limit: { anyOf: [{ type: "integer" }, { type: "null" }] },
        Find: {
          type: "object",
          properties: {
            city: { type: ["string", "null"] },
            limit: { $ref: "#/$defs/Limit", default: 10 },
            place: { type: "object", properties: { zip: { type: "string", default: "0" } } },
          },
        },
      },
    };
    const check = (expected: JsonObject, predicted: JsonObject, allowDefaults = true) =>
      findArgumentMismatch(gold(expected), predicted, "soft", parameters, { allowDefaults });
    expect(check({ limit: "68" }, { limit: "68.0" })).toBeNull();
    expect(check({ city: "02134" }, { city: 2134 })).toBe("city");
    expect(check({}, { limit: 10 })).toBeNull();
    expect(check({}, { limit: 10 }, false)).toBe("limit");
    expect(check({ place: { a: 1 } }, { place: { a: 1, zip: "0" } })).toBeNull();
    expect(check({ place: { a: 1 } }, { place: { a: 1, zip: "0" } }, false)).toBe("place");
  });

  it("overlooks ignored arguments on both sides", () => {
    const options = { ignoreArguments: ["api_key"] };
    const withKey = { city: "Paris", api_key: "one" };
    expect(
      findArgumentMismatch(gold(withKey), { city: "Paris" }, "soft", schema, options),
    ).toBeNull();
    expect(
      findArgumentMismatch(gold({ city: "Paris" }), withKey, "soft", schema, options),
    ).toBeNull();
    expect(mismatch(withKey, { city: "Paris" })).toBe("api_key");
  });

  it("accepts any of a gold call's accepted values, including absence if listed", () => {
    const call = {
      name: "find",
      arguments: { city: "Paris" },
      accepted: { city: ["Paris", "Paris, France"], unit: ["", "metric"] },
    };
    const check = (predicted: JsonObject): string | null =>
      findArgumentMismatch(call, predicted, "soft", schema);
    expect(check({ city: "Paris, France" })).toBeNull();
    expect(check({ city: "Paris", unit: "metric" })).toBeNull();
    expect(check({ city: "Paris", unit: "imperial" })).toBe("unit");
    expect(check({ unit: "metric" })).toBe("city");
  });

  it("treats arguments named like object members as ordinary keys", () => {
    expect(mismatch({ city: "Paris" }, { city: "Paris", constructor: "x" })).toBe("constructor");
    expect(mismatch({ toString: "x" }, {})).toBe("toString");
  });
});
