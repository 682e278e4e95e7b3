import type { Refusals } from "../../domain/scoring/accept-refusal.js";
import { acceptRefusal } from "../../domain/scoring/accept-refusal.js";
import { combineAnswers } from "../../domain/scoring/combine-answers.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { parseAnswer } from "../../domain/formats/parse-answer.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { ResultRow } from "../../store/store.js";
import type { Accuracy } from "./accuracy.js";
import { measureAccuracy } from "./accuracy.js";
import { sampleId } from "../model/load-samples.js";

/** Soft accuracies of three ways to aggregate several answers to one sample (Table 1). */
export interface AnswerModes {
  /** Answers drawn per unit. */
  readonly k: number;
  /** The first answer only. */
  readonly single: Accuracy;
  /** The most frequent answer. */
  readonly majority: Accuracy;
  /** Right if any answer is. */
  readonly passAtK: Accuracy;
}

/**
 * Judges all stored answers of the rows; null if no unit has more than one answer, or if a sample's
 * gold is no longer stored.
 */
export function measureAnswerModes(
  answers: readonly ResultRow[],
  samples: ReadonlyMap<string, GoldSample>,
  refusals?: Refusals,
): AnswerModes | null {
  const k = answers.reduce((most, row) => Math.max(most, countTexts(row)), 0);
  if (k < 2) return null;
  const combined = new Map<ResultRow, ReturnType<typeof combineAnswers>>();
  for (const row of answers) {
    const known = samples.get(sampleId(row));
    if (known === undefined || countTexts(row) === 0) return null;
    const parsed = (row.trace.answer?.texts ?? []).map((text) =>
      acceptRefusal(parseAnswer(text), known.gold, refusals),
    );
    const verdicts = parsed.map((answer) => judgeAnswer(answer, known.gold, known.sample.tools));
    combined.set(row, combineAnswers(parsed, verdicts));
  }
  return {
    k,
    single: measureAccuracy(answers, (row) => combined.get(row)?.single.correct === true),
    majority: measureAccuracy(answers, (row) => combined.get(row)?.majority.correct === true),
    passAtK: measureAccuracy(answers, (row) => combined.get(row)?.passAtK.correct === true),
  };
}

function countTexts(row: ResultRow): number {
  return row.trace.answer?.texts.length ?? 0;
}
