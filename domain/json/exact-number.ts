import type { JsonValue } from "./value.js";

/**
 * A JSON number that no double holds exactly: a long integer, more decimals than fit, or a size beyond the range. It is
 * kept as its digits in an object, which every JSON reader and writer passes on unchanged (docs/decisions/0010).
 */
export interface ExactNumber {
  readonly $exactNumber: string;
}

const KEY = "$exactNumber";
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value of a number's text: a double if it holds the number exactly, else its digits. */
export function readNumber(text: string): number | { readonly [KEY]: string } {
  const value = Number(text);
  return Number.isFinite(value) && sameNumber(String(value), text) ? value : { [KEY]: text };
}

/** Whether a value is a number kept as its digits. */
export function isExactNumber(value: unknown): value is ExactNumber {
  if (typeof value !== "object" || value === null || !(KEY in value)) return false;
  const digits = value[KEY];
  return typeof digits === "string" && NUMBER.test(digits) && Object.keys(value).length === 1;
}

/** The digits of a number; null for any other value. */
export function numberText(value: JsonValue): string | null {
  if (typeof value === "number") return String(value);
  return isExactNumber(value) ? value.$exactNumber : null;
}

/** Whether two texts are numbers of the same value, compared digit by digit. */
export function sameNumber(left: string, right: string): boolean {
  const [one, other] = [normalizeNumber(left), normalizeNumber(right)];
  return one !== null && one === other;
}

/** Writes numbers kept as digits as plain numbers into a JSON text that holds them as objects. */
export function spellExactNumbers(json: string): string {
  // Inside a string the quotes would be escaped.
  return json.replace(/\{"\$exactNumber":"([-+.\deE]+)"\}/g, "$1");
}

/** One text per value, `[-]<digits>e<exponent>` without zeros at either end; null if the text is no number. */
function normalizeNumber(text: string): string | null {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (match === null || !NUMBER.test(text.trim())) return null;
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = match;
  const digits = `${whole}${decimals}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const shift =
    BigInt(exponent) - BigInt(decimals.length) + BigInt(digits.length - significant.length);
  return `${sign === "-" ? "-" : ""}${significant}e${shift}`;
}
