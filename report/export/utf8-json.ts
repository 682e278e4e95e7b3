import { stringifyExactly } from "../../domain/json/exact-number.js";

/** Half of a surrogate pair: `JSON.stringify` escapes it, and Python's readers refuse it. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** JSON that every UTF-8 reader takes: numbers digit by digit, no lone surrogates. */
export function renderUtf8Json(value: unknown): string {
  return stringifyExactly(value).replace(LONE_SURROGATE, "$1\\ufffd");
}
