import type { ParsedAnswer } from "../formats/parse-answer.js";
import { isReadable, parseAnswer } from "../formats/parse-answer.js";
import { parseJson } from "../json/scan.js";
import type { JsonObject } from "../json/value.js";
import type { Gold, GoldCall, Tool } from "../samples/sample.js";
import type { Refusals } from "../scoring/accept-refusal.js";
import { acceptRefusal } from "../scoring/accept-refusal.js";
import { judgeAnswer } from "../scoring/judge-answer.js";
import type { ServedAnswer } from "./served-answer.js";

/** What a client says about the answer to its request: the right calls, or whether the answer was right. */
export type Feedback =
  | {
      /** An empty list: no call is right. */
      readonly calls: readonly GoldCall[];
    }
  | { readonly correct: boolean };

/** Whether one answer to a served request is right. */
export interface FeedbackVerdict {
  /** Soft accuracy, as in sweeps. */
  readonly correct: boolean;
  /** With strings compared exactly; null if the feedback has no calls to compare with. */
  readonly correctStrict: boolean | null;
  /** First wrong part, as in `Verdict`; empty if there are no calls to compare with. */
  readonly reason: string;
}

/** A request's answer and the base model's answer to the same request, judged by the same feedback. */
export interface JudgedFeedback {
  readonly served: FeedbackVerdict;
  /** Equals `served` if the base model's answer was served; null if the base model's answer cannot be judged. */
  readonly base: FeedbackVerdict | null;
}

/** What judging needs besides the feedback. */
export interface JudgedRequest {
  readonly answer: ServedAnswer;
  /** The base model's answer; null if it is not known, or if it is the one that was served. */
  readonly base: ServedAnswer | null;
  readonly tools: readonly Tool[];
  readonly refusals: Refusals | undefined;
}

/**
 * Judges what was served, and the base model's answer beside it, with the scoring of sweeps. Feedback that only says
 * whether the answer was right says nothing about another answer.
 */
export function judgeFeedback(feedback: Feedback, request: JudgedRequest): JudgedFeedback {
  const { answer, base, tools, refusals } = request;
  const judge = (each: ServedAnswer): FeedbackVerdict =>
    "correct" in feedback
      ? { correct: feedback.correct, correctStrict: null, reason: "" }
      : judgeServed(each, feedback, tools, refusals);
  const served = judge(answer);
  if (answer.from !== "adapted") return { served, base: served };
  return { served, base: base === null || "correct" in feedback ? null : judge(base) };
}

function judgeServed(
  answer: ServedAnswer,
  gold: Gold,
  tools: readonly Tool[],
  refusals: Refusals | undefined,
): FeedbackVerdict {
  return judgeAnswer(acceptRefusal(readServed(answer), gold, refusals), gold, tools);
}

/** The answer as its client got it: its calls, no call, or words. */
function readServed({ calls, content }: ServedAnswer): ParsedAnswer {
  if (calls.length > 0) {
    const read = calls.map(({ name, arguments: given }) => ({
      name,
      arguments: parseJson(given)?.value as JsonObject,
    }));
    return { calls: read, repaired: false };
  }
  if (content === null || content === "") return { calls: [], repaired: false };
  const words = parseAnswer(content);
  // A call that was cut off was served as words, so that nobody makes it.
  return isReadable(words) && words.calls.length > 0 ? { reason: "broken-json" } : words;
}
