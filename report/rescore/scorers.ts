import type { Refusals } from "../../domain/scoring/accept-refusal.js";
import { acceptRefusal } from "../../domain/scoring/accept-refusal.js";
import { countHammer } from "../../domain/scoring/hammer-f1.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { KEY_ARGUMENTS } from "../../domain/scoring/key-arguments.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { ResultRow } from "../../store/store.js";

/** Ways to judge a stored answer. */
export const SCORERS = ["soft", "strict", "hammer", "no-keys"] as const;

/** One of `SCORERS`. */
export type Scorer = (typeof SCORERS)[number];

/** Row columns that the scorer determines. */
export type Judgement = Pick<
  ResultRow,
  "outcome" | "correct" | "correctStrict" | "calls" | "verdict" | "repaired"
>;

/**
 * Judges a unit's first answer again.
 *
 * - `soft`: the current rules, as used when a score is recorded.
 * - `strict`: compares strings exactly.
 * - `hammer`: right if every name and argument counts as right in Hammer's evaluation.
 * - `no-keys`: like `soft`, but ignores arguments that hold keys on both sides.
 */
export function judgeAgain(
  text: string,
  { sample, gold }: GoldSample,
  scorer: Scorer,
  refusals?: Refusals,
): Judgement {
  const parsed = acceptRefusal(parseAnswer(text), gold, refusals);
  const options = scorer === "no-keys" ? { ignoreArguments: KEY_ARGUMENTS } : {};
  const verdict = judgeAnswer(parsed, gold, sample.tools, options);
  const readable = isReadable(parsed);
  const calls = readable
    ? parsed.calls.map(({ name, arguments: given }) => ({ name, arguments: given }))
    : null;
  const common = {
    outcome: readable ? ("scored" as const) : ("unparsable" as const),
    correctStrict: verdict.correctStrict,
    calls,
    repaired: readable && parsed.repaired,
  };
  if (scorer === "strict") {
    const differs = verdict.correct && !verdict.correctStrict;
    const reason = differs ? "strict" : verdict.reason;
    return { ...common, correct: verdict.correctStrict, verdict: reason };
  }
  if (scorer === "hammer") {
    const right = isRightForHammer(countHammer(gold.calls, calls));
    return { ...common, correct: right, verdict: right ? "" : verdict.reason || "hammer" };
  }
  return { ...common, correct: verdict.correct, verdict: verdict.reason };
}

function isRightForHammer(counts: ReturnType<typeof countHammer>): boolean {
  return (
    counts.correctCalls === counts.goldCalls &&
    counts.correctCalls === counts.predictedCalls &&
    counts.correctArguments === counts.goldArguments &&
    counts.correctArguments === counts.predictedArguments
  );
}
