import { stringifyExactly } from "../../../domain/json/exact-number.js";

/** Half of a surrogate pair: `JSON.stringify` escapes it, and Python's readers refuse it. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** JSON for Inspect's reader. */
export function renderLogJson(value: unknown): string {
  return stringifyExactly(value).replace(LONE_SURROGATE, "$1\\ufffd");
}
