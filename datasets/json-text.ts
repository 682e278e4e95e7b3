import { z } from "zod";
import { findUnusable } from "../domain/json/find-unusable.js";
import { parseJson } from "../domain/json/scan.js";

/**
 * A list that a record holds as a list or as JSON text, which is how tables hold lists. `problem` says what is wrong
 * with text that is not JSON.
 */
export function listOrText<Item extends z.ZodType>(
  items: z.ZodArray<Item>,
  problem = "is not the JSON text of a list",
) {
  return z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    const parsed = parseJson(value);
    // What cannot be stored stays text, which the list refuses.
    if (parsed !== null && findUnusable(parsed.value) === null) return parsed.value;
    context.issues.push({ code: "custom", message: problem, input: value });
    return z.NEVER;
  }, items);
}
