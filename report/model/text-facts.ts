import { parseAnswer } from "../../domain/formats/parse-answer.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { Refusals } from "../../domain/scoring/accept-refusal.js";
import { acceptRefusal } from "../../domain/scoring/accept-refusal.js";
import { combineAnswers } from "../../domain/scoring/combine-answers.js";
import type { HammerCounts } from "../../domain/scoring/hammer-f1.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import type { ResultRow } from "../../store/store.js";
import { countUnit } from "../statistics/hammer-scores.js";

/** What figures need of a unit's answers and gold, so that neither stays in memory. */
export interface TextFacts {
  /** Null if the gold is not stored, or a set of accepted values. */
  readonly hammer: HammerCounts | null;
  /** Number of answers. */
  readonly answers: number;
  /** Which ways to use several answers are right; null if there are no answers, no gold, or one answer is asked for. */
  readonly combined: CombinedFacts | null;
}

/** Whether each way to use several answers is right. */
export interface CombinedFacts {
  readonly single: boolean;
  readonly majority: boolean;
  readonly passAtK: boolean;
}

/** Reads a unit's texts. `asked`: answers per unit that its variant asks for. */
export function readTextFacts(
  row: ResultRow,
  sample: GoldSample | undefined,
  { asked, refusals }: { readonly asked: number; readonly refusals?: Refusals | undefined },
): TextFacts {
  const texts = row.trace.answer?.texts ?? [];
  const isCombined = texts.length > 0 && Math.max(texts.length, asked) > 1;
  return {
    hammer: sample === undefined ? null : countUnit(row, sample),
    answers: texts.length,
    combined: isCombined && sample !== undefined ? combine(texts, sample, refusals) : null,
  };
}

function combine(
  texts: readonly string[],
  { gold, sample }: GoldSample,
  refusals: Refusals | undefined,
): CombinedFacts {
  const parsed = texts.map((text) => acceptRefusal(parseAnswer(text), gold, refusals));
  const verdicts = parsed.map((answer) => judgeAnswer(answer, gold, sample.tools));
  const { single, majority, passAtK } = combineAnswers(parsed, verdicts);
  return {
    single: single.correct,
    majority: majority.correct,
    passAtK: passAtK.correct,
  };
}
