import { isObject } from "./scan.js";
import type { JsonObject, JsonValue } from "./value.js";

/** The object in a field of untyped JSON; {} if it is not an object. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list in a field of untyped JSON; [] if it is not a list. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
