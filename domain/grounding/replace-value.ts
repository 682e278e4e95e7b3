import type { JsonNumber } from "../json/exact-number.js";
import { numberText } from "../json/exact-number.js";
import { COMMON_WORDS, KEPT_WORDS, MONTHS, PROPER_WORDS, WEEKDAYS } from "./replacement-words.js";

/** Uniform draws from [0, 1). */
type Random = () => number;

/** Minimum word length; shorter letters are units, abbreviations or initials. */
const SHORTEST_WORD = 3;

/**
 * Replaces a value word by word with one of the same kind and length class: numbers with as many digits, dates, names,
 * common words, codes of the same pattern. Keeps short and function words. May return the same value if nothing in it
 * can be replaced.
 */
export function replaceValue(value: string, random: Random): string {
  const date = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/u.exec(value.trim());
  if (date) {
    const [, year = "", separator = "-"] = date;
    const two = (number: number): string => String(number).padStart(2, "0");
    return [year, two(whole(random, 1, 12)), two(whole(random, 1, 28))].join(separator);
  }
  return value.replace(/[\p{L}\p{N}]+/gu, (word) => replaceWord(word, random));
}

/**
 * Returns the text of another number with the same sign and as many digits and decimals; a number with an exponent is
 * returned unchanged.
 */
export function replaceNumber(value: JsonNumber, random: Random): string {
  const text = numberText(value);
  const [, sign = "", integer, decimals] = /^(-?)(\d+)(?:\.(\d+))?$/u.exec(text) ?? [];
  if (integer === undefined) return text;
  const digits = replaceDigits(integer, random);
  if (decimals === undefined) return sign + digits;
  const drawn = replaceDigits(decimals, random);
  // Trailing zeros of decimals are not digits of the number.
  return sign + `${digits}.${drawn}`.replace(/\.?0+$/u, "");
}

function replaceWord(word: string, random: Random): string {
  if (/^\d+$/u.test(word)) return replaceDigits(word, random);
  for (const names of [MONTHS, WEEKDAYS]) {
    if (names.includes(word)) return pick(names, random);
  }
  if (/\d/u.test(word)) return replaceCode(word, random);
  if (word.length < SHORTEST_WORD || KEPT_WORDS.has(word.toLowerCase())) return word;
  if (/^\p{Lu}\p{Ll}+$/u.test(word)) return pickOfLength(PROPER_WORDS, word, random);
  if (/^\p{Lu}+$/u.test(word)) return pickOfLength(PROPER_WORDS, word, random).toUpperCase();
  return pickOfLength(COMMON_WORDS, word, random);
}

function replaceDigits(digits: string, random: Random): string {
  // A number that looks like a year stays a year.
  if (/^(19|20)\d\d$/u.test(digits)) return `${digits.slice(0, 2)}${whole(random, 10, 99)}`;
  return Array.from({ length: digits.length }, (_, index) =>
    String(index === 0 ? whole(random, 1, 9) : whole(random, 0, 9)),
  ).join("");
}

/** Replaces letters by letters of the same case, and digits by digits. */
function replaceCode(code: string, random: Random): string {
  const letter = (first: string): string =>
    String.fromCharCode(first.charCodeAt(0) + whole(random, 0, 25));
  return code.replace(/[\p{L}\p{N}]/gu, (character) => {
    if (/\d/u.test(character)) return String(whole(random, 0, 9));
    return letter(/\p{Lu}/u.test(character) ? "A" : "a");
  });
}

/** Picks a word whose length differs by at most two, or else one of the nearest length. */
function pickOfLength(words: readonly string[], like: string, random: Random): string {
  const others = words.filter((word) => word.toLowerCase() !== like.toLowerCase());
  for (let tolerance = 2; ; tolerance += 2) {
    const near = others.filter((word) => Math.abs(word.length - like.length) <= tolerance);
    if (near.length > 0) return pick(near, random);
  }
}

function pick(items: readonly string[], random: Random): string {
  return items[whole(random, 0, items.length - 1)] ?? "";
}

/** A whole number from `least` to `most`, inclusive. */
function whole(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
