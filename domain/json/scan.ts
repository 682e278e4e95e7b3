import { isExactNumber, keepDigits } from "./exact-number.js";

/**
 * Range of a JSON list or object in a text: `[start, end)`; `end` is null if it never closes.
 */
export interface JsonSpan {
  readonly start: number;
  readonly end: number | null;
}

/**
 * A list that starts with an object or is empty, or an object that starts with a quoted key or is
 * empty.
 */
const OPENING = /\[\s*[{\]]|\{\s*["'}]/g;

/**
 * Finds the first probable JSON object or list of objects at or after `from`, and the end of its
 * balanced brackets. Ignores brackets in prose, such as "[1]" or "{see above}".
 */
export function findJson(text: string, from: number): JsonSpan | null {
  const opening = new RegExp(OPENING);
  opening.lastIndex = from;
  const match = opening.exec(text);
  if (match === null) return null;
  return { start: match.index, end: findBalancedEnd(text, match.index) };
}

/**
 * Finds the position after the bracket that closes the one at `start`; skips brackets inside strings.
 */
function findBalancedEnd(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === "\\") index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === "{" || character === "[") {
      depth += 1;
    } else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return null;
}

/**
 * Parses strict JSON; null if the text is not JSON (`{ value }` distinguishes JSON's own null).
 */
export function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: readJson(text) };
  } catch {
    return null;
  }
}

/** A number that a double may not represent exactly: many digits, or an exponent. */
const LONG_NUMBER = /[\d.]{16}|\d[eE][+-]?\d/;

/** Like `JSON.parse`, but keeps the digits of numbers that a double cannot represent. */
function readJson(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  return LONG_NUMBER.test(text) ? (JSON.parse(keepDigits(text)) as unknown) : value;
}

/** Whether a parsed value nests deeper than `limit` lists and objects. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null || isExactNumber(value)) return false;
  if (limit === 0) return true;
  return Object.values(value).some((member) => isDeeperThan(member, limit - 1));
}

/** Whether a value is a JSON object: not a list, null or an exact number. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}
