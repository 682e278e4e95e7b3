import type { AnswerEvidence } from "./answer-evidence.js";
import { DEFAULT_AGGREGATE, DEFAULT_SAMPLES } from "./answer-options.js";
import { describeEstimator, type EstimatorKind, type OwnAnswers } from "./registry.js";
import type { NameScore } from "./name-score.js";
import { softmax } from "./softmax.js";
import { WhetstoneError } from "../errors/whetstone-error.js";
import { createRandom } from "../identity/random.js";
import type { CandidateScore } from "../units/trace.js";
import type { EstimatorSpec } from "../config/variant.js";

/** How sure the model is, before a threshold decides. */
export interface Estimate {
  /** In the given order, with Eq. 4's probability for any estimator. */
  readonly candidates: readonly CandidateScore[];
  /**
   * Small if the model is uncertain; in the estimator's own unit, in [0, 1] for all but perplexity and nll.
   */
  readonly margin: number;
}

/** One uncertainty estimator: scores in, margin out. Those that read the model's own answers need them as well. */
export type Estimator = (
  scores: readonly NameScore[],
  sampleKey: string,
  answers?: AnswerEvidence,
) => Estimate;

/** An estimator's kind and the parameters of its margin; absent ones have their defaults. */
type EstimatorParameters = Pick<EstimatorSpec, "kind"> & Partial<EstimatorSpec>;

/**
 * The estimator of a spec, by its record. All are pure and may run in workflow code.
 *
 * With a single candidate, the margin is 1 unless the record judges single ones, and `isUncertain` returns false.
 * Throws SAMPLE_WITHOUT_TOOLS without candidates, SCORE_NOT_FINITE for a score that is not finite, CHANNEL_NOT_SCORED
 * if `channel` lacks query scores, and ANSWER_NOT_SCORED if the model's own answers are wanting.
 *
 * @param seed - base seed of `random`; the others do not use it
 */
export function createEstimator(spec: EstimatorParameters, seed: number): Estimator {
  return (scores, sampleKey, answers) => {
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
      margin: marginOf(
        spec.kind,
        evidence,
        `uncertainty/${seed}/${sampleKey}`,
        readOwnAnswers(spec, answers, sampleKey),
      ),
    };
  };
}

/**
 * The effective threshold of a variant's tau: `random` flags its rate, `trivial` everything, all others
 * use tau unchanged.
 */
export function effectiveTau(spec: Pick<EstimatorSpec, "kind" | "rate">, tau: number): number {
  const { flags } = describeEstimator(spec.kind);
  if (flags === "rate") return spec.rate;
  return flags === "all" ? 1 : tau;
}

/**
 * Uncertain iff the margin is below tau (section 3.1); under rss, a tau above 1 flags everything. A single candidate is
 * certain under perplexity and nll too, because their margins have no maximum for tau to exceed.
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
 * The relative softmax scores of Eq. 4, with the largest score subtracted to avoid overflow.
 */
export function relativeScores(scores: readonly NameScore[]): CandidateScore[] {
  const probabilities = softmax(scores.map(({ logLikelihood }) => logLikelihood));
  return scores.map((score, index) => ({ ...score, probability: probabilities[index] ?? 0 }));
}

/** Each score with its query's share added. */
function addChannel(scores: readonly NameScore[], weight: number, sampleKey: string): NameScore[] {
  return scores.map(({ queryLogLikelihood, ...score }) => {
    // Without it, the sum would belong to another estimator.
    if (queryLogLikelihood === undefined) throw channelNotScored(score.name, sampleKey);
    const logLikelihood = score.logLikelihood + weight * queryLogLikelihood;
    return { ...score, logLikelihood, queryLogLikelihood };
  });
}

/** The estimator's best candidate (largest probability; the first wins ties). */
export function bestCandidate<T extends CandidateScore>(candidates: readonly T[]): T {
  const [first, ...others] = candidates;
  if (first === undefined) throw sampleWithoutTools("there is no candidate to choose from");
  return others.reduce(
    (best, candidate) => (candidate.probability > best.probability ? candidate : best),
    first,
  );
}

/**
 * The error for a sample without tools: there is nothing to call, and no uncertainty to measure.
 */
export function sampleWithoutTools(message: string): WhetstoneError {
  return new WhetstoneError(message, {
    code: "SAMPLE_WITHOUT_TOOLS",
    hint: "Give the sample at least one tool, or remove it from the data set.",
  });
}

/** The error for applying the channel estimator to a sample that was scored for another estimator. */
function channelNotScored(name: string, sampleKey: string): WhetstoneError {
  return new WhetstoneError(
    `candidate "${name}" of sample ${sampleKey} was scored without the channel`,
    {
      code: "CHANNEL_NOT_SCORED",
      hint: "Its calibration ran before a variant used the channel. Run the config under a new sweep name, or set tau to a number.",
    },
  );
}

/** The error for applying an estimator of answers to a sample that was scored for other estimators. */
function answerNotScored(kind: EstimatorKind, sampleKey: string): WhetstoneError {
  return new WhetstoneError(
    `sample ${sampleKey} was scored without what ${kind} reads of answers`,
    {
      code: "ANSWER_NOT_SCORED",
      hint: "Its calibration ran before a variant used this estimator. Run the config under a new sweep name, or set tau to a number.",
    },
  );
}

/** Rejects non-finite scores, because a NaN would silently compare as "certain". */
function requireFinite(scores: readonly NameScore[], sampleKey: string): void {
  const broken = scores.find(({ logLikelihood }) => !Number.isFinite(logLikelihood));
  if (broken === undefined) return;
  const value = String(broken.logLikelihood);
  throw new WhetstoneError(`candidate "${broken.name}" of sample ${sampleKey} scored ${value}`, {
    code: "SCORE_NOT_FINITE",
    hint: "The model's weights or the engine's number format overflow; try float32, and check the model directory.",
  });
}

function marginOf(
  kind: EstimatorKind,
  scores: readonly NameScore[],
  randomSeed: string,
  own: OwnAnswers,
): number {
  const { margin, judgesSingles } = describeEstimator(kind);
  if (scores.length === 1 && judgesSingles !== true) return 1;
  return margin(scores, createRandom(randomSeed), own);
}

/** What the estimator reads of the model's own answers. Throws ANSWER_NOT_SCORED if it was not gathered. */
function readOwnAnswers(
  { kind, aggregate = DEFAULT_AGGREGATE, samples = DEFAULT_SAMPLES }: EstimatorParameters,
  { likelihood, agreements = [] }: AnswerEvidence = {},
  sampleKey: string,
): OwnAnswers {
  const { readsAnswers } = describeEstimator(kind);
  const agreement = agreements.find((each) => each.samples === samples);
  const wanting =
    (readsAnswers === "tokens" && likelihood === undefined) ||
    (readsAnswers === "samples" && agreement === undefined);
  if (wanting) throw answerNotScored(kind, sampleKey);
  return {
    likelihood: likelihood ?? null,
    agreement: agreement ?? { samples: 0, largest: 0 },
    aggregate,
  };
}
