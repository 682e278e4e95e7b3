import type { SchemaType } from "../json/schema.js";
import type { JsonObject, JsonValue } from "../json/value.js";

/** A schema with the context needed to resolve a `$ref` inside it. */
export interface SchemaPlace {
  readonly schema: JsonValue | undefined;
  /** The whole schema, which `#` refers to. */
  readonly root: JsonObject;
  /** References followed to reach it, one entry per reference. */
  readonly trail: readonly string[];
}

/** One named member of an object. */
export interface Member {
  readonly name: string;
  /** Whether the schema requires the key. Null may still be legal: see `mayBeLeftOut`. */
  readonly isRequired: boolean;
  readonly place: SchemaPlace;
}

/** An object with the members it declares. */
export interface ObjectOption {
  readonly kind: "object";
  /** In the schema's order. Without members and `rest`, any members are allowed. */
  readonly members: readonly Member[];
  /** Schema of further members; null if the schema describes none. */
  readonly rest: SchemaPlace | null;
  /** Whether the schema has `properties`, even if empty. */
  readonly isListed: boolean;
}

/** One kind of value that a schema allows. */
export type ShapeOption =
  | { readonly kind: "any" | "string" | "number" | "integer" | "boolean" | "null" }
  | {
      readonly kind: "values";
      /** Never empty. */
      readonly values: readonly JsonValue[];
      /** Declared types, or else those of the values. */
      readonly types: readonly SchemaType[];
    }
  | { readonly kind: "array"; readonly items: SchemaPlace | null }
  | ObjectOption;

/**
 * The normal form of a JSON Schema, one level deep: a value is one of `options`. `anyOf`, `oneOf`,
 * `allOf`, `$ref`, `const`, lists of types and `nullable` are resolved.
 */
export interface Shape {
  /** Never empty; `any` only alone. */
  readonly options: readonly ShapeOption[];
  /** Whether null is declared as legal. It is also one of the options, unless they are `any`. */
  readonly isNullable: boolean;
  /** The default, if it is a value that counts as given. */
  readonly fallback?: JsonValue;
}
