import { describeUnusable, findUnusable } from "../domain/json/find-unusable.js";
import { isObject, parseJson } from "../domain/json/scan.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Refuse } from "./dataset-errors.js";

/**
 * Parses an object that a record holds as JSON text; {} for empty text and `null`. Throws the error from
 * `refuse` for anything else; `what` names the text, for example `the arguments of "now"`.
 */
export function parseObject(text: string, what: string, refuse: Refuse): JsonObject {
  const value = text.trim() === "" ? null : parseJson(text)?.value;
  if (value === null) return {};
  if (!isObject(value)) throw refuse(`${what} are not a JSON object`);
  const unusable = findUnusable(value);
  if (unusable !== null) throw refuse(`${what}: ${describeUnusable(unusable)}`);
  return value as JsonObject;
}
