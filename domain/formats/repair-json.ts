import { jsonrepair } from "jsonrepair";
import { parseJson } from "../json/scan.js";

/** jsonrepair's work and depth grow with the text; no model writes longer broken JSON that is worth a repair. */
const MAX_LENGTH = 20_000;

/**
 * The list or object that jsonrepair reads out of broken JSON, marked as such; null if there is none, or the text is
 * longer than 20,000 characters. Never throws.
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
