import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";

/** Whether a value means that the argument is not given. */
export function isAbsent(value: JsonValue): boolean {
  return value === null || value === "";
}

/** An object's members that are given. */
export function givenMembers(object: JsonObject): [string, JsonValue][] {
  return Object.entries(object).filter(([, value]) => !isAbsent(value));
}

/** A value without the members, at any depth, that are not given. Items of lists keep their places. */
export function dropAbsent(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(dropAbsent);
  if (!isObject(value)) return value;
  const members = givenMembers(value);
  return Object.fromEntries(members.map(([key, member]) => [key, dropAbsent(member)]));
}
