import fc from "fast-check";
import { objectOf } from "../../../../domain/json/fields.js";
import type { JsonObject, JsonValue } from "../../../../domain/json/value.js";

const KEYS = ["a", "b", "city", "constructor", "__proto__", "toString", "default", "type"];
const NAMES = [
  "string",
  "str",
  "integer",
  "number",
  "boolean",
  "array",
  "object",
  "null",
  "any",
  "x",
];
const REFERENCES = [
  "#",
  "#/$defs/A",
  "#/$defs/B",
  "#/definitions/A",
  "#/$defs/none",
  "#/properties/a",
  "http://x/y",
  "#a",
  "#/%",
];

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;

/** Schemas of every feature, in legal and illegal combinations, with garbage between them. */
export const anySchema: fc.Arbitrary<JsonValue> = fc.letrec<{ schema: JsonValue; map: JsonValue }>(
  (tie) => {
    const list = fc.array(tie("schema"), { maxLength: 3 });
    const part = fc.oneof({ weight: 6, arbitrary: tie("schema") }, { weight: 1, arbitrary: json });
    const names = fc.constantFrom(...NAMES);
    const record = fc.record(
      {
        type: fc.oneof(names, fc.array(names, { maxLength: 3 }), json),
        enum: fc.oneof(fc.array(json, { maxLength: 3 }), json),
        const: json,
        default: json,
        nullable: fc.boolean(),
        anyOf: fc.oneof(list, json),
        oneOf: list,
        allOf: list,
        $ref: fc.oneof(fc.constantFrom(...REFERENCES), json),
        items: fc.oneof(part, list),
        prefixItems: list,
        properties: fc.oneof(tie("map"), json),
        required: fc.oneof(fc.array(fc.constantFrom(...KEYS)), json),
        additionalProperties: fc.oneof(fc.boolean(), part),
        patternProperties: tie("map"),
        $defs: tie("map"),
        definitions: tie("map"),
      },
      { requiredKeys: [] },
    ) as unknown as fc.Arbitrary<JsonValue>;
    return {
      map: fc
        .array(fc.tuple(fc.constantFrom(...KEYS, "A", "B"), part), { maxLength: 4 })
        .map((members) => Object.fromEntries(members) as JsonValue),
      schema: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constant({ type: "string" }),
        record,
      ),
    };
  },
).schema;

/** Root schemas with definitions that references find. */
export const anyParameters: fc.Arbitrary<JsonObject> = fc
  .tuple(anySchema, anySchema, anySchema)
  .map(([root, first, second]): JsonObject => ({
    ...objectOf(root),
    $defs: { A: first, B: second },
  }));

/** Arguments whose names and values schemas of `anyParameters` know, or not. */
export const anyArguments: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), json), { maxLength: 4 })
  .map((members): JsonObject => Object.fromEntries<JsonValue>(members));
