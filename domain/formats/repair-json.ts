import { jsonrepair } from "jsonrepair";
import { parseJson } from "../json/scan.js";

/** Length limit: jsonrepair's time and depth grow with the text, and longer broken JSON is not worth a repair. */
const MAX_LENGTH = 20_000;

/**
 * Reads a list or object from broken JSON with jsonrepair and marks it as repaired; null if there is none or the text
 * is longer than 20,000 characters. Never throws.
 */
export function repairJson(
  text: string,
): { readonly value: object; readonly repaired: true } | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    const value = parseJson(jsonrepair(text))?.value;
    return typeof value === "object" && value !== null ? { value, repaired: true } : null;
  } catch {
    // jsonrepair throws on text that it cannot repair, and overflows the stack on very deep nesting.
    return null;
  }
}
