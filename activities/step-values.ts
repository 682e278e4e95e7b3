import { deriveBaseSeed } from "../domain/seeds.js";
import type {
  AnswerTrace,
  SynthesisAttempt,
  SyntheticPair,
  TrainingTrace,
  UncertaintyTrace,
} from "../domain/trace.js";
import type { NameScore } from "../domain/uncertainty.js";
import { createEstimator, effectiveTau, isUncertain } from "../domain/uncertainty.js";
import type { PlannedUnit } from "../domain/unit.js";
import type { EstimatorSpec } from "../domain/variant.js";

/** Value of a "score" step. */
export type StoredScores = readonly NameScore[];

/** Value of a "synthesize" step: how one pair ended. */
export interface StoredSynthesis {
  /** Null where every attempt was unusable. */
  readonly pair: SyntheticPair | null;
  readonly attempts: readonly SynthesisAttempt[];
}

/** Value of an "answer" step. */
export interface StoredAnswer {
  readonly answer: AnswerTrace;
  /** Of the adapter that answered; null for the base model. */
  readonly training: TrainingTrace | null;
}

/** What an estimator and a threshold make of a unit's scores (section 3.1). */
export function judgeScores(
  scores: StoredScores,
  unit: PlannedUnit,
  estimator: EstimatorSpec,
  givenTau: number,
): UncertaintyTrace {
  const estimate = createEstimator(estimator, deriveBaseSeed(unit.seed));
  const { candidates, margin } = estimate(scores, unit.sampleKey);
  const tau = effectiveTau(estimator, givenTau);
  const uncertain = isUncertain(margin, tau);
  return { estimator: estimator.kind, candidates, margin, tau, uncertain };
}
