import type { ParsedAnswer } from "../formats/parse-answer.js";
import type { Gold } from "../samples/sample.js";

/** What says "no call": an answer in words, or the empty list alone. */
export type Refusals = "words" | "empty-list";

/** Enters the config hash of sweeps in which it has a say, so that the two rules never mix. */
export const REFUSAL_RULE = "words";

/**
 * The answer as judged: if no call is right, an answer in words, without any call, tag or JSON that was meant as one,
 * says "no call". Under `empty-list`, and if calls are right, every answer stays as it was read.
 */
export function acceptRefusal(
  answer: ParsedAnswer,
  gold: Gold,
  refusals: Refusals = "words",
): ParsedAnswer {
  const isInWords = "reason" in answer && answer.reason === "no-json";
  const isRefusal = refusals === "words" && gold.calls.length === 0 && isInWords;
  return isRefusal ? { calls: [], repaired: false } : answer;
}
