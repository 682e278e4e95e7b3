import { describeEstimator, type EstimatorKind } from "./registry.js";
import type { NameScore } from "./name-score.js";
import { softmax } from "./softmax.js";
import { WhetstoneError } from "../errors/whetstone-error.js";
import { createRandom } from "../identity/random.js";
import type { CandidateScore } from "../units/trace.js";
import type { EstimatorSpec } from "../config/variant.js";

/** How sure the model is, before a threshold decides. */
export interface Estimate {
  /** In the given order, with Eq. 4's probability whatever the estimator. */
  readonly candidates: readonly CandidateScore[];
  /**
   * Small where the model hesitates; the estimator's own unit, in [0, 1] for rss, random and
   * trivial.
   */
  readonly margin: number;
}

/** One uncertainty estimator: scores in, margin out. */
export type Estimator = (scores: readonly NameScore[], sampleKey: string) => Estimate;

/**
 * The estimator of a spec, by its record. All are pure and may run in workflow code.
 *
 * One candidate has no rival: the margin is 1 for all but random and trivial, and `isUncertain` calls it certain. No candidate
 * at all is an input error, SAMPLE_WITHOUT_TOOLS; a score that is no finite number is
 * SCORE_NOT_FINITE; scores without the query's share are CHANNEL_NOT_SCORED for `channel`.
 *
 * @param seed - base seed of `random`; the others do not use it
 */
export function createEstimator(
  spec: Pick<EstimatorSpec, "kind"> & Partial<Pick<EstimatorSpec, "weight">>,
  seed: number,
): Estimator {
  return (scores, sampleKey) => {
    if (scores.length === 0) throw sampleWithoutTools(`sample ${sampleKey} offers no tool`);
    const evidence =
      describeEstimator(spec.kind).readsQueries === true
        ? addChannel(scores, spec.weight ?? 1, sampleKey)
        : scores;
    requireFinite(evidence, sampleKey);
    const candidates = relativeScores(evidence);
    return {
      candidates: scores.map((score, index) => ({
        ...score,
        probability: candidates[index]?.probability ?? 0,
      })),
      margin: marginOf(spec.kind, evidence, `uncertainty/${seed}/${sampleKey}`),
    };
  };
}

/**
 * The threshold that a variant's tau means for its estimator: `random` flags its rate, `trivial`
 * everything, all others use tau as it is.
 */
export function effectiveTau(spec: Pick<EstimatorSpec, "kind" | "rate">, tau: number): number {
  const { flags } = describeEstimator(spec.kind);
  if (flags === "rate") return spec.rate;
  return flags === "all" ? 1 : tau;
}

/**
 * Uncertain iff the margin is below tau (section 3.1); tau above 1 flags everything under rss. One candidate without a
 * rival is certain under perplexity and nll too, whose margins have no largest value for tau to lie above.
 */
export function isUncertain(
  { kind }: Pick<EstimatorSpec, "kind">,
  { candidates, margin }: Estimate,
  tau: number,
): boolean {
  if (candidates.length === 1 && describeEstimator(kind).unbounded === true) return false;
  return margin < tau;
}

/**
 * The relative softmax scores of Eq. 4, with the largest score subtracted so that nothing
 * overflows.
 */
export function relativeScores(scores: readonly NameScore[]): CandidateScore[] {
  const probabilities = softmax(scores.map(({ logLikelihood }) => logLikelihood));
  return scores.map((score, index) => ({ ...score, probability: probabilities[index] ?? 0 }));
}

/** Each score with its query's share added. */
function addChannel(scores: readonly NameScore[], weight: number, sampleKey: string): NameScore[] {
  return scores.map(({ queryLogLikelihood, ...score }) => {
    // Without it the sum would be another estimator's.
    if (queryLogLikelihood === undefined) throw channelNotScored(score.name, sampleKey);
    const logLikelihood = score.logLikelihood + weight * queryLogLikelihood;
    return { ...score, logLikelihood, queryLogLikelihood };
  });
}

/** The candidate that the estimator likes best (largest probability; ties: the first). */
export function bestCandidate<T extends CandidateScore>(candidates: readonly T[]): T {
  const [first, ...others] = candidates;
  if (first === undefined) throw sampleWithoutTools("there is no candidate to choose from");
  return others.reduce(
    (best, candidate) => (candidate.probability > best.probability ? candidate : best),
    first,
  );
}

/**
 * The error for a sample that offers no tool: nothing can be called, so nothing can be uncertain.
 */
export function sampleWithoutTools(message: string): WhetstoneError {
  return new WhetstoneError(message, {
    code: "SAMPLE_WITHOUT_TOOLS",
    hint: "Give the sample at least one tool, or take it out of the data set.",
  });
}

/** The channel was asked about a sample that was scored for another estimator. */
function channelNotScored(name: string, sampleKey: string): WhetstoneError {
  return new WhetstoneError(
    `candidate "${name}" of sample ${sampleKey} was scored without the channel`,
    {
      code: "CHANNEL_NOT_SCORED",
      hint: "Its calibration ran before a variant used the channel: run the config under a new sweep name, or give tau a number.",
    },
  );
}

/** A NaN would compare as "certain" without a word, so it is stopped here. */
function requireFinite(scores: readonly NameScore[], sampleKey: string): void {
  const broken = scores.find(({ logLikelihood }) => !Number.isFinite(logLikelihood));
  if (broken === undefined) return;
  const value = String(broken.logLikelihood);
  throw new WhetstoneError(`candidate "${broken.name}" of sample ${sampleKey} scored ${value}`, {
    code: "SCORE_NOT_FINITE",
    hint: "The model's weights or the engine's number format overflow; try float32, and check the model directory.",
  });
}

function marginOf(kind: EstimatorKind, scores: readonly NameScore[], randomSeed: string): number {
  const { margin, judgesSingles } = describeEstimator(kind);
  if (scores.length === 1 && judgesSingles !== true) return 1;
  return margin(scores, createRandom(randomSeed));
}
