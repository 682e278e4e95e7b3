import type { JsonSpan } from "../json/scan.js";
import { findJson, parseJson } from "../json/scan.js";

/** A tag in a model's text: `[start, end)`. */
export interface Tag {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Maximum number of broken lists and objects to scan for tags. After that, every tag counts, so that the
 * time stays linear.
 */
const MAX_BROKEN = 32;

/**
 * Creates a finder of the first tag at or after a position; positions must not decrease. A tag inside a
 * valid JSON list or object is part of a string and does not count.
 *
 * @param pattern - matches a whole tag; flag `g`
 */
export function createTagFinder(text: string, pattern: RegExp): (from: number) => Tag | null {
  let position = 0;
  let broken = 0;
  const tagAt = remember((from) => {
    const search = new RegExp(pattern);
    search.lastIndex = from;
    const match = search.exec(text);
    return match && { name: match[0], start: match.index, end: match.index + match[0].length };
  });
  const jsonAt = remember((from) => findJson(text, from));
  return (from) => {
    position = Math.max(position, from);
    for (let tag = tagAt(position); tag !== null; tag = tagAt(position)) {
      const json = broken < MAX_BROKEN ? jsonAt(position) : null;
      if (json === null || json.start > tag.start) return tag;
      if (json.end !== null && (json.end <= tag.start || isValid(text, json))) {
        position = json.end;
      } else {
        broken += 1;
        position = json.start + 1;
      }
    }
    return null;
  };
}

/** Caches a result until the position has passed it. */
function remember<Found extends { readonly start: number }>(
  find: (from: number) => Found | null,
): (from: number) => Found | null {
  let last: Found | null | undefined;
  return (from) => {
    if (last === undefined || (last !== null && last.start < from)) last = find(from);
    return last;
  };
}

function isValid(text: string, { start, end }: JsonSpan): boolean {
  return parseJson(text.slice(start, end ?? text.length)) !== null;
}
