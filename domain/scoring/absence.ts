import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";

/** Whether a value means that the argument is absent. */
export function isAbsent(value: JsonValue): boolean {
  return value === null || value === "";
}

/** An object's members without absent ones. */
export function givenMembers(object: JsonObject): [string, JsonValue][] {
  return Object.entries(object).filter(([, value]) => !isAbsent(value));
}

/** Removes absent members at any depth. List items keep their positions. */
export function dropAbsent(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(dropAbsent);
  if (!isObject(value)) return value;
  const members = givenMembers(value);
  return Object.fromEntries(members.map(([key, member]) => [key, dropAbsent(member)]));
}
