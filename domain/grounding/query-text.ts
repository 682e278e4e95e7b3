import type { JsonNumber } from "../json/exact-number.js";
import { readNumber } from "../json/exact-number.js";
import type { Sample } from "../samples/sample.js";

/**
 * The text of user and assistant that argument values may come from: the query, or for a longer conversation, each
 * turn on its own line with its role.
 */
export function conversationText(sample: Pick<Sample, "messages">): string {
  const turns = sample.messages.filter(({ role }) => role !== "system");
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) return only.content;
  return turns.map(({ role, content }) => `${role}: ${content}`).join("\n");
}

/** Folds case, width and white space. */
export function foldText(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Counts how often `value` occurs in `text` as whole words, both folded; 0 for an empty value. */
export function countOccurrences(value: string, text: string): number {
  const needle = foldText(value);
  if (needle === "") return 0;
  const hay = foldText(text);
  let count = 0;
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + 1)) {
    if (isWholeWord(hay, at, at + needle.length)) count += 1;
  }
  return count;
}

/** Whether `text.slice(start, end)` consists of whole words. */
export function isWholeWord(text: string, start: number, end: number): boolean {
  const joins = (left: string | undefined, right: string | undefined): boolean =>
    left !== undefined && right !== undefined && isWordCharacter(left) && isWordCharacter(right);
  return !joins(text[start - 1], text[start]) && !joins(text[end - 1], text[end]);
}

function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

const NUMBER_WORDS: readonly string[] =
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

/** JSON numbers have no leading zeros. */
function withoutZeros(digits: string): string {
  return digits.replace(/^(-?)0+(?=\d)/u, "$1");
}

/** The numbers in a text: digits (thousands may have commas) and the words zero to twelve. */
export function numbersIn(text: string): JsonNumber[] {
  const digits = [...text.matchAll(/-?\d+(?:,\d{3})*(?:\.\d+)?/gu)].map(([match]) =>
    readNumber(withoutZeros(match.replaceAll(",", ""))),
  );
  const words = foldText(text)
    .split(/[^a-z]+/u)
    .map((word) => NUMBER_WORDS.indexOf(word))
    .filter((index) => index >= 0);
  return [...digits, ...words];
}
