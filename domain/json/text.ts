import { isExactNumber } from "./exact-number.js";
import type { JsonValue } from "./value.js";

/**
 * Writes JSON on one line with ", " and ": " as separators and keys in the given order. Prompts,
 * training targets and grammars use only this spelling of JSON.
 */
export function renderJson(value: JsonValue): string {
  if (isExactNumber(value)) return value.$exactNumber;
  if (Array.isArray(value)) {
    return `[${value.map((item: JsonValue) => renderJson(item)).join(", ")}]`;
  }
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value as { readonly [key: string]: JsonValue });
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${renderJson(item)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}
