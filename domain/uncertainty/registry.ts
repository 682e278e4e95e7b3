import type { NameScore } from "./name-score.js";
import { softmax } from "./softmax.js";

/** An uncertainty estimator H. */
export interface EstimatorRecord {
  /** Its margin: a cell of a table in docs/guides/configuration.md, in Markdown. */
  readonly summary: string;
  /**
   * Which samples it flags. "tau": those with a margin below the threshold; "rate": those with a margin below the spec's
   * `rate`, for any threshold; "all": every sample.
   */
  readonly flags: "tau" | "rate" | "all";
  /** Whether it also needs noisy-channel scores, log P(query | tool). */
  readonly readsQueries?: true;
  /** Largest threshold that makes sense; a config with a larger one is refused. Margins of rss are 0 to 1. */
  readonly largestTau?: number;
  /** Whether margins have no maximum; a single candidate is then certain for any tau. */
  readonly unbounded?: true;
  /** Returns a small margin if the model is uncertain. Takes two or more scores, and seeded draws from [0, 1). */
  readonly margin: (scores: readonly NameScore[], draw: () => number) => number;
  /** Whether it also computes the margin of a single candidate; otherwise that is 1, because there is no rival. */
  readonly judgesSingles?: true;
}

const ofSoftmax: EstimatorRecord["margin"] = (scores) => {
  const probabilities = softmax(scores.map(({ logLikelihood }) => logLikelihood));
  const [first = 0, second = 0] = probabilities.sort((left, right) => right - left);
  return first - second;
};

const ofCosts =
  (cost: (score: NameScore) => number): EstimatorRecord["margin"] =>
  (scores) => {
    const [best = 0, rival = 0] = scores.map(cost).sort((left, right) => left - right);
    return rival - best;
  };

/** Estimators (section 3.1, App. D), in the order of lists. None divides by name length except perplexity. */
export const ESTIMATOR_RECORDS = {
  rss: {
    summary: "difference of the two largest relative softmax scores of the tools' names (paper)",
    ...{ flags: "tau", largestTau: 2, margin: ofSoftmax },
  },
  perplexity: {
    summary: "difference of the two smallest perplexities",
    ...{ flags: "tau", unbounded: true },
    margin: ofCosts(({ logLikelihood, tokenCount }) => Math.exp(-logLikelihood / tokenCount)),
  },
  nll: {
    summary: "difference of the two smallest negative log-likelihoods, nats",
    ...{ flags: "tau", unbounded: true, margin: ofCosts(({ logLikelihood }) => -logLikelihood) },
  },
  channel: {
    summary: "as `rss`, with `weight` times log P(query given the tool's signature) added",
    ...{ flags: "tau", readsQueries: true, margin: ofSoftmax },
  },
  random: {
    summary:
      "a random number that seed and sample determine; `rate` is the share of samples that it flags",
    ...{ flags: "rate", judgesSingles: true, margin: (_: unknown, draw: () => number) => draw() },
  },
  trivial: {
    summary: "0, so every sample is flagged",
    ...{ flags: "all", judgesSingles: true, margin: () => 0 },
  },
} as const satisfies Readonly<Record<string, EstimatorRecord>>;

/** Name of an estimator. */
export type EstimatorKind = keyof typeof ESTIMATOR_RECORDS;

/** All estimators, in the order of lists. */
export const ESTIMATOR_KINDS = Object.keys(ESTIMATOR_RECORDS) as [
  EstimatorKind,
  ...EstimatorKind[],
];

/** Returns the record of an estimator. */
export function describeEstimator(kind: EstimatorKind): EstimatorRecord {
  return ESTIMATOR_RECORDS[kind];
}
