import type { JsonValue } from "./value.js";

/**
 * A JSON number that a double cannot represent exactly: a long integer, too many decimals, or out of range. Its digits
 * are kept in an object, which every JSON reader and writer passes on unchanged (docs/decisions/0010).
 */
export type ExactNumber = { readonly $exactNumber: string };

/** A parsed JSON number: a double, or the digits of a number that a double cannot represent. */
export type JsonNumber = number | ExactNumber;

const KEY = "$exactNumber";

/** A number as texts write it: "+5", "05", ".5" and "5." too. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number as JSON writes it. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** An exponent of more characters stays as written: adding it up would take long, and nothing equals it anyway. */
const LONG_EXPONENT = 100;

/**
 * The value of a number's text: a double if it holds the number exactly, otherwise its digits, spelled as in the text
 * if JSON allows it.
 */
export function readNumber(text: string): JsonNumber {
  const value = Number(text);
  return Number.isFinite(value) && sameNumber(String(value), text)
    ? value
    : { [KEY]: JSON_NUMBER.test(text) ? text : (normalizeNumber(text) ?? text) };
}

/**
 * Whether a value is a number kept as its digits. An object that a text spells so is none if a double holds the number
 * or JSON spells it otherwise: prompts and exports write the digits as they are.
 */
export function isExactNumber(value: unknown): value is ExactNumber {
  if (typeof value !== "object" || value === null || !(KEY in value)) return false;
  const digits = value[KEY];
  if (typeof digits !== "string" || Object.keys(value).length !== 1) return false;
  return JSON_NUMBER.test(digits) && typeof readNumber(digits) !== "number";
}

/** Whether a value is a number, in either form. */
export function isNumber(value: unknown): value is JsonNumber {
  return typeof value === "number" || isExactNumber(value);
}

/** Whether a number is whole. */
export function isWhole(value: JsonNumber): boolean {
  if (typeof value === "number") return Number.isInteger(value);
  return normalizeNumber(value.$exactNumber)?.includes("e-") === false;
}

/** The digits of a number; null for any other value. */
export function numberText(value: JsonNumber): string;
export function numberText(value: JsonValue): string | null;
export function numberText(value: JsonValue): string | null {
  if (typeof value === "number") return String(value);
  return isExactNumber(value) ? value.$exactNumber : null;
}

/** Whether two texts are numbers of the same value, compared digit by digit. */
export function sameNumber(left: string, right: string): boolean {
  const [one, other] = [normalizeNumber(left), normalizeNumber(right)];
  return one !== null && one === other;
}

/** The object of an exact number in a JSON text without spaces. Inside a string its quotes would be escaped. */
export const EXACT_NUMBER_OBJECT = /\{"\$exactNumber":"([-+.\deE]+)"\}/g;

/** Replaces the objects of exact numbers in a JSON text without spaces with plain numbers. */
export function spellExactNumbers(json: string): string {
  return json.replace(EXACT_NUMBER_OBJECT, (written, digits: string) =>
    isExactNumber({ [KEY]: digits }) ? digits : written,
  );
}

/** As `JSON.stringify`, with every exact number written as a plain number. */
export function stringifyExactly(value: unknown): string {
  return spellExactNumbers(JSON.stringify(value));
}

/** Canonical text of a number; equal numbers, and only those, have equal texts. */
export function canonicalNumber(value: JsonNumber): string {
  if (typeof value === "number") return String(value);
  return normalizeNumber(value.$exactNumber) ?? value.$exactNumber;
}

/** Normalizes to `[-]<digits>e<exponent>` without zeros at either end; null if the text is not a number. */
function normalizeNumber(text: string): string | null {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (match === null || !NUMBER.test(text.trim())) return null;
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = match;
  const digits = `${whole}${decimals}`.replace(/^0+/, "");
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end -= 1;
  if (end === 0) return "0";
  const shift = digits.length - end - decimals.length;
  const power =
    exponent.length > LONG_EXPONENT
      ? `${exponent}+${shift}`
      : String(BigInt(exponent) + BigInt(shift));
  return `${sign === "-" ? "-" : ""}${digits.slice(0, end)}e${power}`;
}

/** Matches a number in a JSON text, or the opening quote of a string. */
const NUMBER_OR_QUOTE = /"|-?\d[\d.eE+-]*/g;

/** Replaces numbers that a double cannot represent in a valid JSON text with objects of their digits. */
export function keepDigits(json: string): string {
  const parts: string[] = [];
  const search = new RegExp(NUMBER_OR_QUOTE);
  let start = 0;
  for (let match = search.exec(json); match !== null; match = search.exec(json)) {
    if (match[0] === '"') {
      search.lastIndex = endOfString(json, search.lastIndex);
      continue;
    }
    const value = readNumber(match[0]);
    if (typeof value === "number") continue;
    parts.push(json.slice(start, match.index), JSON.stringify(value));
    start = search.lastIndex;
  }
  return [...parts, json.slice(start)].join("");
}

/** The position after the closing quote of a string. */
function endOfString(json: string, from: number): number {
  for (let index = from; index < json.length; index += 1) {
    const character = json[index];
    if (character === "\\") index += 1;
    else if (character === '"') return index + 1;
  }
  return json.length;
}
