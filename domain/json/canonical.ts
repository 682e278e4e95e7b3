import { canonicalNumber, isExactNumber } from "./exact-number.js";

/**
 * Writes a value as canonical JSON: object keys sorted by UTF-16 code unit, no whitespace, numbers
 * in ECMAScript's shortest form with -0 written as 0, and exact numbers with all their digits. Equal
 * values give equal text regardless of key order, so the text can be hashed.
 *
 * Omits `undefined` members, as JSON does. Throws a TypeError with the path of any other value that JSON
 * cannot represent (NaN, Infinity, bigint, functions, symbols, dates).
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$");
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return writeNumber(value, path);
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    return `[${items.map((item, index) => write(item, `${path}[${index}]`)).join(",")}]`;
  }
  if (isExactNumber(value)) return canonicalNumber(value);
  if (typeof value === "object" && isPlainObject(value)) return writeObject(value, path);
  throw new TypeError(`canonical JSON cannot carry ${describe(value)} at ${path}`);
}

function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) {
    throw new TypeError(`canonical JSON cannot carry ${String(value)} at ${path}`);
  }
  // -0 and 0 are equal values, and String(-0) is "0" already.
  return String(value);
}

function writeObject(value: Readonly<Record<string, unknown>>, path: string): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(value[key], `${path}.${key}`)}`);
  return `{${members.join(",")}}`;
}

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return typeof value;
  return `an instance of ${value.constructor.name}`;
}
