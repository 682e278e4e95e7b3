import type { Flag } from "./schema.js";

/** Boolean to 0 or 1; null stays null. */
export function toFlag(value: boolean): Flag;
export function toFlag(value: boolean | null): Flag | null;
export function toFlag(value: boolean | null): Flag | null {
  return value === null ? null : value ? 1 : 0;
}

/** 0 or 1 to boolean; null stays null. */
export function fromFlag(value: Flag | null): boolean | null {
  return value === null ? null : value === 1;
}

/** Parses a column that this module wrote with `JSON.stringify`. */
export function fromJson(text: string): unknown {
  return JSON.parse(text);
}

/** Makes text acceptable to both databases: PostgreSQL refuses the NUL character. */
export function cleanText(text: string): string {
  return text.replaceAll("\u0000", "\uFFFD");
}
