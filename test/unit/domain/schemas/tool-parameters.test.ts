import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../../domain/json/value.js";
import {
  readArgumentList,
  readToolParameters,
} from "../../../../domain/schemas/tool-parameters.js";

const city = { type: "string" };
const read = (value: JsonValue | undefined) => readToolParameters(value);
const object = (properties: JsonObject, further: JsonObject = {}) => ({
  parameters: { type: "object", properties, ...further },
});

describe("readToolParameters", () => {
  it.each<[string, JsonValue | undefined]>([
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["an object that lists none", { type: "object", properties: {} }],
    ["an object that says nothing", { type: "dict" }],
    ["an object of null properties alone", { type: "object", properties: { amount: null } }],
  ])("reads no arguments from %s", (_, value) => {
    expect(read(value)).toEqual(object({}));
  });

  it("keeps a plain schema as it is, with its type names normalised", () => {
    const schema = {
      type: "dict",
      properties: { city: { type: "str" } },
      required: ["city"],
      x: 1,
    };
    expect(read(schema)).toEqual(object({ city }, { required: ["city"], x: 1 }));
    expect(JSON.stringify(read({ type: "object", properties: { city } }))).toBe(
      JSON.stringify(object({ city })),
    );
  });

  it("reads an object regardless of its root's declared type", () => {
    expect(read({ type: "string", properties: { city } })).toEqual(object({ city }));
  });

  it("drops what a data table filled with null", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string", enum: null, items: null, const: null, default: null },
        amount: null,
        place: { type: "object", properties: { zip: null, city } },
      },
      required: ["city"],
      additionalProperties: null,
      $defs: null,
    };
    expect(read(schema)).toEqual(
      object(
        {
          city: { type: "string", default: null },
          place: { type: "object", properties: { city } },
        },
        { required: ["city"] },
      ),
    );
  });

  it("keeps a const of null that is meant", () => {
    const schema = { type: "object", properties: { nothing: { const: null } } };
    expect(read(schema)).toEqual(object({ nothing: { const: null } }));
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      "a reference",
      {
        $ref: "#/$defs/Args",
        $defs: { Args: object({ city }, { required: ["city"] }).parameters },
      },
      { properties: { city }, required: ["city"] },
    ],
    [
      "all parts",
      {
        allOf: [
          { $ref: "#/definitions/A" },
          { properties: { days: { type: "int" } }, required: ["days"] },
        ],
        definitions: { A: { type: "object", properties: { city } } },
      },
      { properties: { city, days: { type: "integer" } }, required: ["days"] },
    ],
    [
      "alternatives: all arguments, required what each requires",
      {
        anyOf: [
          {
            type: "object",
            properties: { city, id: { type: "integer" } },
            required: ["city", "id"],
          },
          { type: "object", properties: { city, name: { type: "string" } }, required: ["city"] },
        ],
      },
      {
        properties: { city, id: { type: "integer" }, name: { type: "string" } },
        required: ["city"],
      },
    ],
  ])("writes out a root that is %s", (_, schema, expected) => {
    expect(read(schema)).toMatchObject({ parameters: { type: "object", ...expected } });
    const { parameters } = read(schema) as { parameters: JsonObject };
    expect(Object.keys(parameters["properties"] as JsonObject)).toEqual(
      Object.keys(expected["properties"] as JsonObject),
    );
    for (const keyword of ["$ref", "allOf", "anyOf"])
      expect(parameters).not.toHaveProperty(keyword);
  });

  it("keeps what inner references refer to", () => {
    const node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
    expect(read({ $ref: "#/$defs/Node", $defs: { Node: node } })).toEqual(
      object(node.properties, { required: [], $defs: { Node: node } }),
    );
  });

  it("keeps a combination that adds no argument", () => {
    const schema = {
      ...object({ city, id: city }).parameters,
      anyOf: [{ required: ["city"] }, { required: ["id"] }],
    };
    expect(read(schema)).toEqual({ parameters: schema });
  });

  it.each<[string, JsonObject]>([
    ["of one kind", { type: "object", additionalProperties: { type: "string" } }],
    ["of any kind", { type: "object", additionalProperties: true }],
  ])("keeps a map %s open", (_, schema) => {
    expect(read(schema)).toEqual({ parameters: schema });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      "schemas",
      { city: { type: "str" }, days: { type: "int" } },
      { city, days: { type: "integer" } },
    ],
    ["type names", { city: "str", days: "int" }, { city, days: { type: "integer" } }],
    ["schemas beside a type", { type: "object", city }, { city }],
    ["schemas beside nulls", { city, amount: null }, { city }],
    [
      "arguments named like keywords",
      { type: city, title: city, properties: { type: "array" }, items: city },
      { type: city, title: city, properties: { type: "array" }, items: city },
    ],
  ])("reads bare arguments that are %s", (_, schema, properties) => {
    expect(read(schema)).toEqual(object(properties, { required: [] }));
  });

  it("reads required flags of bare arguments", () => {
    expect(
      read({ city: { ...city, required: true }, id: city, day: city, required: ["id"] }),
    ).toEqual(object({ city, id: city, day: city }, { required: ["city", "id"] }));
  });

  it.each<[string, JsonValue, string]>([
    ["text", "city", "are not a JSON object"],
    ["a list", [], "are not a JSON object"],
    [
      "a schema of text",
      { type: "string" },
      'describe a value of type "string", not an object of arguments',
    ],
    [
      "another document",
      { $ref: "https://example.com/a.json" },
      'refer to "https://example.com/a.json", which is no object of arguments in the schema',
    ],
    ["null by a const", { const: null }, "describe null, not an object of arguments"],
    [
      "a reference to text",
      { $ref: "#/$defs/A", $defs: { A: { type: "string" } } },
      'refer to "#/$defs/A", which is no object of arguments in the schema',
    ],
    ["itself", { $ref: "#" }, 'refer to "#", which is no object of arguments in the schema'],
    [
      "a union of scalars",
      { anyOf: [{ type: "string" }, { type: "null" }] },
      "combine schemas that describe no object of arguments",
    ],
    [
      "properties in a list",
      { type: "object", properties: [city] },
      'have "properties" that are not a JSON object',
    ],
    [
      "an odd member",
      { city: 7 },
      'have "city", which is neither a keyword of JSON Schema nor an argument',
    ],
    [
      "an odd member beside arguments",
      { type: "object", city, days: 7 },
      'have "days", which is neither a keyword of JSON Schema nor an argument',
    ],
  ])("refuses %s", (_, value, problem) => {
    expect(read(value)).toEqual({ problem });
  });
});

describe("readArgumentList", () => {
  it("reads arguments by name, without those that are null", () => {
    expect(readArgumentList({ city: { type: "str", enum: null }, amount: null }, ["city"])).toEqual(
      object({ city }, { required: ["city"] }),
    );
    expect(readArgumentList({})).toEqual(object({}, { required: [] }));
  });

  it("reads an argument called type, and a JSON Schema in the list's place", () => {
    expect(readArgumentList({ type: city })).toEqual(object({ type: city }, { required: [] }));
    expect(readArgumentList({ type: "object", properties: { city } })).toEqual(object({ city }));
  });
});
