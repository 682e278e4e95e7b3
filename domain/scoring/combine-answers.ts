import { canonicalJson } from "../json/canonical.js";
import type { Verdict } from "./judge-answer.js";
import { dropAbsent } from "./absence.js";
import type { ParsedAnswer } from "../formats/parse-answer.js";
import { isReadable } from "../formats/parse-answer.js";
import type { ToolCall } from "../samples/tool-call.js";

/**
 * The three results of one set of answers (Table 1).
 */
export interface CombinedVerdicts {
  /** The first answer's verdict. */
  readonly single: Verdict;
  /** The most frequent answer's verdict. */
  readonly majority: Verdict;
  /** Whether any answer is right. */
  readonly passAtK: { readonly correct: boolean; readonly correctStrict: boolean };
}

/**
 * Index of the answer that majority voting picks: the first answer with the most frequent canonical
 * call list; ties go to the list that came first. Unreadable answers have no vote; if none can be read,
 * picks the first answer. Throws a RangeError without answers.
 */
export function pickMajority(answers: readonly ParsedAnswer[]): number {
  if (answers.length === 0) throw new RangeError("majority voting needs at least one answer");
  const ballots = answers.map((answer) =>
    isReadable(answer) ? canonicalCalls(answer.calls) : null,
  );
  const votes = ballots.map((ballot) =>
    ballot === null ? 0 : ballots.filter((other) => other === ballot).length,
  );
  return votes.indexOf(Math.max(...votes));
}

/** Computes single, majority and pass@k from the same answers; `verdicts` are in the same order. */
export function combineAnswers(
  answers: readonly ParsedAnswer[],
  verdicts: readonly Verdict[],
): CombinedVerdicts {
  const single = verdicts[0];
  const majority = verdicts[pickMajority(answers)];
  if (single === undefined || majority === undefined) {
    throw new RangeError("every answer needs a verdict");
  }
  return {
    single,
    majority,
    passAtK: {
      correct: verdicts.some(({ correct }) => correct),
      correctStrict: verdicts.some(({ correctStrict }) => correctStrict),
    },
  };
}

/** Renders calls canonically: in a fixed order, without absent arguments, with sorted keys. */
export function canonicalCalls(calls: readonly ToolCall[]): string {
  const texts = calls.map((call) => {
    return canonicalJson({ name: call.name.trim(), arguments: dropAbsent(call.arguments) });
  });
  return `[${texts.sort().join(",")}]`;
}
