import { isObject } from "./scan.js";
import type { JsonObject, JsonValue } from "./value.js";

/** The object that a field of untyped JSON holds; {} where it holds none. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The list that a field of untyped JSON holds; [] where it holds none. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
