import { jsonrepair } from "jsonrepair";
import { parseJson } from "../json/scan.js";

/** The list or object that jsonrepair reads out of broken JSON, marked as such; null if there is none. Never throws. */
export function repairJson(
  text: string,
): { readonly value: object; readonly repaired: true } | null {
  try {
    const value = parseJson(jsonrepair(text))?.value;
    return typeof value === "object" && value !== null ? { value, repaired: true } : null;
  } catch {
    // jsonrepair throws on text it cannot make sense of, and overflows on absurd nesting.
    return null;
  }
}
