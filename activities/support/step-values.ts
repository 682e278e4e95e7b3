import { deriveBaseSeed } from "../../domain/identity/seeds.js";
import type {
  AnswerTrace,
  SynthesisAttempt,
  SyntheticPair,
  TrainingTrace,
  UncertaintyTrace,
} from "../../domain/units/trace.js";
import type { AnswerEvidence, AnswerToken } from "../../domain/uncertainty/answer-evidence.js";
import type { NameScore } from "../../domain/uncertainty/name-score.js";
import {
  createEstimator,
  effectiveTau,
  isUncertain,
} from "../../domain/uncertainty/uncertainty.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { EstimatorSpec } from "../../domain/config/variant.js";

/** Value of a "score" step. */
export type StoredScores = readonly NameScore[];

/** Noisy-channel part of a "score" step: one log-likelihood per candidate, in the sample's order. */
export type StoredQueryScores = readonly number[];

/** Tokens of a text as the base model's answer. */
export type StoredTokens = readonly AnswerToken[];

/** Adds the noisy-channel terms to the scores, if they are known. */
export function addQueryScores(
  scores: StoredScores,
  queries: StoredQueryScores | null,
): StoredScores {
  if (queries === null) return scores;
  return scores.map((score, index) => ({
    ...score,
    queryLogLikelihood: queries[index] ?? Number.NaN,
  }));
}

/** Value of a "synthesize" step: the outcome of one pair. */
export interface StoredSynthesis {
  /** Null if every attempt was unusable. */
  readonly pair: SyntheticPair | null;
  /** Mean log-likelihood per token of the pair's answer to its query, nats; only if there are several draws. */
  readonly ownScore?: number;
  readonly attempts: readonly SynthesisAttempt[];
}

/** Value of an "answer" step. */
export interface StoredAnswer {
  readonly answer: AnswerTrace;
  /** Training of the adapter that answered; null for the base model. */
  readonly training: TrainingTrace | null;
}

/** Applies an estimator and a threshold to what is known of a unit's sample (section 3.1). */
export function judgeEvidence(
  { scores, answers }: { readonly scores: StoredScores; readonly answers?: AnswerEvidence },
  unit: PlannedUnit,
  estimator: EstimatorSpec,
  givenTau: number,
): UncertaintyTrace {
  const estimate = createEstimator(estimator, deriveBaseSeed(unit.seed));
  const estimated = estimate(scores, unit.sampleKey, answers);
  const { candidates, margin } = estimated;
  const tau = effectiveTau(estimator, givenTau);
  const uncertain = isUncertain(estimator, estimated, tau);
  const read = answers && { answers };
  return { estimator: estimator.kind, candidates, ...read, margin, tau, uncertain };
}
