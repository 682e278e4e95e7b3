import type { Refuse } from "../datasets/dataset-errors.js";
import { describeUnusable, findUnusable } from "../domain/json/find-unusable.js";
import { isObject, parseJson } from "../domain/json/scan.js";

/** Reads a body that is one JSON object. Throws the error from `refuse`. */
export function readJsonBody(text: string, refuse: Refuse): Record<string, unknown> {
  const parsed = parseJson(text);
  if (parsed === null || !isObject(parsed.value)) throw refuse("the body is not a JSON object");
  const unusable = findUnusable(parsed.value);
  if (unusable !== null) throw refuse(describeUnusable(unusable));
  return parsed.value;
}
