import { equalJson } from "../json/equal.js";
import { isObject } from "../json/scan.js";
import type { SchemaType } from "../json/schema.js";
import type { JsonValue } from "../json/value.js";
import { readShape } from "./read-shape.js";
import type { Member, SchemaPlace, Shape } from "./shape.js";

/** Whether a member may be omitted: its key is not required, or null is legal, which is equivalent. */
export function mayBeLeftOut(member: Member): boolean {
  return !member.isRequired || readShape(member.place).isNullable;
}

/** Schema of a list's items; undefined if there is none. */
export function itemsOf(shape: Shape): SchemaPlace | undefined {
  return eitherOf(
    shape.options.flatMap((option) => (option.kind === "array" ? [option.items] : [])),
  );
}

/** Schema of an object's member with this name; undefined if there is none. */
export function memberOf(shape: Shape, name: string): SchemaPlace | undefined {
  const places = shape.options.flatMap((option) => {
    if (option.kind !== "object") return [];
    return [option.members.find((member) => member.name === name)?.place ?? option.rest];
  });
  return eitherOf(places);
}

/** Combines several schemas as alternatives; undefined if there are none. */
export function eitherOf(places: readonly (SchemaPlace | null)[]): SchemaPlace | undefined {
  const known = places.filter((place) => place !== null);
  const [first] = known;
  if (first === undefined) return undefined;
  const isOne = known.every(({ schema }) => equalJson(schema ?? true, first.schema ?? true));
  if (isOne) return first;
  return {
    root: first.root,
    schema: { anyOf: known.map(({ schema }) => schema ?? true) },
    trail: known.flatMap(({ trail }) => trail),
  };
}

/** The types that a schema names; empty if it allows any value. */
export function typesOf({ options }: Shape): ReadonlySet<SchemaType> {
  return new Set(
    options.flatMap((option): readonly SchemaType[] => {
      if (option.kind === "any") return [];
      return option.kind === "values" ? option.types : [option.kind];
    }),
  );
}

/** Whether the value is one of the schema's enumerated values. */
export function isEnumerated(value: JsonValue, shape: Shape): boolean {
  return shape.options.some(
    (option) => option.kind === "values" && option.values.some((each) => equalJson(each, value)),
  );
}

/** Whether the schema enumerates all its values, ignoring null. */
export function isClosed(shape: Shape): boolean {
  return shape.options.every(({ kind }) => kind === "values" || kind === "null");
}

/** Removes null members from objects whose schema allows them to be null. */
export function dropNulls(value: JsonValue, place: SchemaPlace | undefined): JsonValue {
  const shape = readShape(place);
  if (Array.isArray(value)) {
    const items = itemsOf(shape);
    return (value as readonly JsonValue[]).map((item) => dropNulls(item, items));
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]): [string, JsonValue][] => {
    const inside = memberOf(shape, key);
    if (member === null && readShape(inside).isNullable) return [];
    return [[key, dropNulls(member, inside)]];
  });
  return Object.fromEntries(members);
}
