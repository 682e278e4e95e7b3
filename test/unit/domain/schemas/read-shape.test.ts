import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import { placeOf, readShape } from "../../../../domain/schemas/read-shape.js";

const kindsOf = (schema: JsonObject) => readShape(placeOf(schema)).options.map(({ kind }) => kind);
const scalar = (kind: string) => ({ kind });
const values = (...list: unknown[]) => ({ kind: "values", values: list });

describe("readShape", () => {
  it.each<[string, JsonObject, readonly object[], boolean]>([
    ["a type", { type: "string" }, [scalar("string")], false],
    ["a type as data sets write it", { type: "List[int]" }, [scalar("array")], false],
    ["a list of types", { type: ["str", "null"] }, [scalar("string"), scalar("null")], true],
    ["an enum", { type: "string", enum: ["a", "b"] }, [values("a", "b")], false],
    ["a const", { const: 7 }, [values(7)], false],
    ["a const beside its type", { type: "string", const: "x" }, [values("x")], false],
    [
      "a const that a data table filled in",
      { type: "string", const: null },
      [scalar("string")],
      false,
    ],
    ["null", { const: null }, [values(null)], true],
    [
      "Pydantic's Optional[Literal]",
      { anyOf: [{ enum: ["a", "b"], type: "string" }, { type: "null" }], default: null },
      [values("a", "b"), scalar("null")],
      true,
    ],
    [
      "OpenAI's nullable enum",
      { type: ["string", "null"], enum: ["a", "b"] },
      [values("a", "b"), scalar("null")],
      true,
    ],
    [
      "OpenAPI's nullable",
      { type: "integer", nullable: true },
      [scalar("integer"), scalar("null")],
      true,
    ],
    [
      "titled constants",
      { oneOf: [{ const: "a", title: "A" }, { const: "b" }] },
      [values("a", "b")],
      false,
    ],
    [
      "a union",
      { anyOf: [{ type: "string" }, { type: "integer" }] },
      [scalar("string"), scalar("integer")],
      false,
    ],
    [
      "nested alternatives",
      { anyOf: [{ oneOf: [{ type: "boolean" }] }] },
      [scalar("boolean")],
      false,
    ],
    [
      "what all of allOf allow",
      { allOf: [{ type: "number" }, { anyOf: [{ type: "integer" }, { type: "string" }] }] },
      [scalar("integer")],
      false,
    ],
    [
      "an enum that allOf narrows",
      { allOf: [{ enum: ["a", "b", 1] }, { type: "string" }, { enum: ["b", "c"] }] },
      [values("b")],
      false,
    ],
    [
      "a reference",
      { $ref: "#/$defs/U~1n%20it", $defs: { "U/n it": { enum: ["a"] } } },
      [values("a")],
      false,
    ],
    [
      "a reference to a reference",
      {
        $ref: "#/definitions/A",
        definitions: { A: { $ref: "#/definitions/B" }, B: { type: "boolean" } },
      },
      [scalar("boolean")],
      false,
    ],
    ["a list by its items alone", { items: { type: "integer" } }, [scalar("array")], false],
    ["an object by its properties alone", { properties: { a: {} } }, [scalar("object")], false],
  ])("reads %s", (_, schema, options, isNullable) => {
    expect(readShape(placeOf(schema))).toMatchObject({ options, isNullable });
    expect(kindsOf(schema)).toHaveLength(options.length);
  });

  it.each<[string, JsonObject]>([
    ["nothing", {}],
    ["an unknown type", { type: "any" }],
    ["another document", { $ref: "https://example.com/unit.json" }],
    ["an anchor", { $ref: "#unit" }],
    ["what is not there", { $ref: "#/$defs/Unit" }],
    ["a member of no object", { $ref: "#/title/0/x", title: "t" }],
    ["itself", { $ref: "#" }],
    [
      "a circle",
      { $ref: "#/$defs/A", $defs: { A: { $ref: "#/$defs/B" }, B: { $ref: "#/$defs/A" } } },
    ],
    ["a contradiction", { allOf: [{ type: "string" }, { type: "integer" }] }],
    ["an alternative without limits", { anyOf: [{ type: "string" }, {}] }],
    ["what is no reference", { $ref: 7 }],
  ])("lets a schema that names %s allow anything", (_, schema) => {
    expect(kindsOf(schema)).toEqual(["any"]);
  });

  it("takes out of a circle what is not the circle", () => {
    const schema = {
      $ref: "#/$defs/A",
      $defs: { A: { anyOf: [{ $ref: "#/$defs/A" }, { type: "string" }] } },
    };
    expect(kindsOf(schema)).toEqual(["string"]);
  });

  it.each<[string, JsonObject, unknown]>([
    ["the schema's own", { $ref: "#/$defs/A", default: "b", $defs: { A: { default: "a" } } }, "b"],
    ["that of a reference", { $ref: "#/$defs/A", $defs: { A: { default: "a" } } }, "a"],
    ["that of a part", { allOf: [{ type: "string" }, { default: "a" }] }, "a"],
    ["none if it is null", { type: "string", default: null }, undefined],
    ["none if it is empty text", { type: "string", default: "" }, undefined],
    ["false", { type: "boolean", default: false }, false],
  ])("finds as default %s", (_, schema, fallback) => {
    expect(readShape(placeOf(schema)).fallback).toEqual(fallback);
  });

  it("merges the members of all objects that a value must be", () => {
    const shape = readShape(
      placeOf({
        allOf: [
          { $ref: "#/$defs/Base" },
          { type: "object", properties: { b: { type: "integer" }, a: { enum: ["x"] } } },
        ],
        $defs: { Base: { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
      }),
    );
    const [object] = shape.options;
    if (object?.kind !== "object") throw new Error("no object");
    expect(object.members.map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    expect(readShape(object.members[0]?.place).options).toMatchObject([values("x")]);
  });

  it("does not count a null property, nor one that allows nothing", () => {
    const shape = readShape(
      placeOf({ type: "object", properties: { a: { type: "string" }, b: null, c: false } }),
    );
    expect(shape.options).toMatchObject([{ members: [{ name: "a" }] }]);
  });

  it("stops after a definition is nested in itself three times", () => {
    let shape = readShape(
      placeOf({
        $ref: "#/$defs/Node",
        $defs: { Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } } },
      }),
    );
    let depth = 0;
    for (;;) {
      const [object] = shape.options;
      if (object?.kind !== "object") break;
      shape = readShape(object.members[0]?.place);
      depth += 1;
    }
    expect(depth).toBe(3);
    expect(shape.options).toEqual([{ kind: "any" }]);
  });

  it("gives up on a schema that doubles at each reference", () => {
    const names = Array.from({ length: 40 }, (_, index) => `D${index}`);
    const double = (name: string): JsonObject => ({
      allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }],
    });
    const definitions = names.map((name, index) => [name, double(names[index + 1] ?? "none")]);
    const schema = { ...double("D0"), $defs: Object.fromEntries(definitions) as JsonObject };
    expect(kindsOf(schema)).toEqual(["any"]);
  });
});
