import { describeUnusable, findUnusable } from "../domain/json/find-unusable.js";
import { isObject, parseJson } from "../domain/json/scan.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Refuse } from "./dataset-errors.js";

/**
 * The object that a text inside a record holds as JSON; {} for empty text and `null`. Throws what
 * `refuse` makes if it holds anything else; `what` names it, such as `the arguments of "now"`.
 */
export function parseObject(text: string, what: string, refuse: Refuse): JsonObject {
  const value = text.trim() === "" ? null : parseJson(text)?.value;
  if (value === null) return {};
  if (!isObject(value)) throw refuse(`${what} are not a JSON object`);
  const unusable = findUnusable(value);
  if (unusable !== null) throw refuse(`${what}: ${describeUnusable(unusable)}`);
  return value as JsonObject;
}
