import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../../domain/json/value.js";
import { schemaRulesOf } from "../../../../domain/schemas/schema-rules.js";

const rulesOf = (parameters: JsonObject) => schemaRulesOf([{ parameters }]);
const argument = (schema: JsonValue) => ({ type: "object", properties: { a: schema } });

describe("schemaRulesOf", () => {
  it.each<[string, JsonObject]>([
    ["no arguments", {}],
    ["a type", argument({ type: "string", default: "x", description: "d", minLength: 1 })],
    ["an enum", argument({ type: "string", enum: ["a", "b"] })],
    ["a list", argument({ type: "array", items: { type: "integer" }, default: [] })],
    [
      "an object",
      argument({ type: "object", properties: { b: { type: "number" } }, required: ["b"] }),
    ],
    ["anything", argument({})],
    ["a required argument", { ...argument({ type: "string" }), required: ["a"] }],
    ["no others", { ...argument({ type: "string" }), additionalProperties: false }],
    ["an argument named anyOf", { type: "object", properties: { anyOf: { type: "string" } } }],
  ])("names no rules for %s", (_, parameters) => {
    expect(rulesOf(parameters)).toBeNull();
  });

  it.each<[string, JsonObject]>([
    ["anyOf", argument({ anyOf: [{ type: "string" }] })],
    ["a reference at the root", { $ref: "#/$defs/A", $defs: { A: argument({}) } }],
    ["a list of types", argument({ type: ["string", "null"] })],
    ["const", argument({ const: "x" })],
    ["nullable", argument({ type: "string", nullable: true })],
    ["a null property", argument(null)],
    ["a tuple", argument({ type: "array", prefixItems: [{}] })],
    ["a map", argument({ type: "object", additionalProperties: { type: "string" } })],
    ["an open root", { type: "object", additionalProperties: true }],
    ["an enum with null", argument({ enum: ["a", null] })],
    ["a default that is a list", argument({ type: "array", default: ["a"] })],
    ["a required argument that is not declared", { ...argument({}), required: ["b"] }],
    ["anyOf deep inside", argument({ type: "array", items: argument({ anyOf: [{}] }) })],
  ])("names its rules for %s", (_, parameters) => {
    expect(rulesOf(parameters)).toBe("schemas-1");
    expect(schemaRulesOf([{ parameters: {} }, { parameters }])).toBe("schemas-1");
  });
});
