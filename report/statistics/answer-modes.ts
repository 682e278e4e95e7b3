import type { ReportUnit } from "../model/report-unit.js";
import type { TextFacts } from "../model/text-facts.js";
import type { Accuracy } from "./accuracy.js";
import { measureAccuracy } from "./accuracy.js";

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
 * Accuracies over all stored answers of the units; null if no unit has more than one answer, or if a sample's gold is
 * no longer stored.
 */
export function measureAnswerModes(
  answers: readonly ReportUnit[],
  factsOf: (unit: ReportUnit) => TextFacts,
): AnswerModes | null {
  const k = answers.reduce((most, unit) => Math.max(most, factsOf(unit).answers), 0);
  if (k < 2 || answers.some((unit) => factsOf(unit).combined === null)) return null;
  const measure = (mode: keyof NonNullable<TextFacts["combined"]>) =>
    measureAccuracy(answers, (unit) => factsOf(unit).combined?.[mode] === true);
  return {
    k,
    single: measure("single"),
    majority: measure("majority"),
    passAtK: measure("passAtK"),
  };
}
