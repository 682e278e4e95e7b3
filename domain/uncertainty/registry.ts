import type { Agreement, AnswerLikelihood, TokenSum } from "./answer-evidence.js";
import type { Aggregate } from "./answer-options.js";
import type { NameScore } from "./name-score.js";
import { softmax } from "./softmax.js";

/** What H knows of the base model's own answers, for the estimators that read them. */
export interface OwnAnswers {
  /** Of the greedy answer; null if it cannot be read. */
  readonly likelihood: AnswerLikelihood | null;
  readonly agreement: Agreement;
  /** The spec's. */
  readonly aggregate: Aggregate;
}

/** An uncertainty estimator H. */
export interface EstimatorRecord {
  /** Its margin: a cell of a table in docs/guides/configuration.md, in Markdown. */
  readonly summary: string;
  /**
   * Which samples it flags. "tau": those with a margin below the threshold; "rate": those with a margin below the
   * spec's `rate`, for any threshold; "all": every sample.
   */
  readonly flags: "tau" | "rate" | "all";
  /** Whether it also needs noisy-channel scores, log P(query | tool). */
  readonly readsQueries?: true;
  /**
   * What it reads of the base model's own answers: the tokens of the greedy one, or the calls of several drawn ones.
   */
  readonly readsAnswers?: "tokens" | "samples";
  /** Whether the spec's "aggregate" says how tokens count together. */
  readonly aggregates?: true;
  /** Largest threshold that makes sense; a config with a larger one is refused. Margins of rss are 0 to 1. */
  readonly largestTau?: number;
  /** Whether margins have no maximum; a single candidate is then certain for any tau. */
  readonly unbounded?: true;
  /** Returns a small margin if the model is uncertain. Takes two or more scores, and seeded draws from [0, 1). */
  readonly margin: (scores: readonly NameScore[], draw: () => number, own: OwnAnswers) => number;
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

/** An unreadable answer is the least certain. */
const ofLikelihood =
  (
    measure: (likelihood: AnswerLikelihood, aggregate: Aggregate) => number,
  ): EstimatorRecord["margin"] =>
  (_scores, _draw, { likelihood, aggregate }) =>
    likelihood === null ? 0 : measure(likelihood, aggregate);

/** Probability of a part of an answer, or its geometric mean over tokens; 1 for a part that is empty. */
const toProbability = ({ logLikelihood, tokenCount }: TokenSum, aggregate: Aggregate): number =>
  Math.exp(aggregate === "sum" ? logLikelihood : logLikelihood / Math.max(1, tokenCount));

const OF_OWN_ANSWER = {
  flags: "tau",
  largestTau: 2,
  judgesSingles: true,
  readsAnswers: "tokens",
} as const;

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
  "call-likelihood": {
    summary:
      "probability of the model's own greedy call: the geometric mean over its tokens, or with `aggregate: sum` of the whole text",
    ...{ ...OF_OWN_ANSWER, aggregates: true },
    margin: ofLikelihood(({ call }, aggregate) => toProbability(call, aggregate)),
  },
  "argument-likelihood": {
    summary: "the same of its argument values alone; 1 without arguments",
    ...{ ...OF_OWN_ANSWER, aggregates: true },
    margin: ofLikelihood((likelihood, aggregate) => toProbability(likelihood.arguments, aggregate)),
  },
  "mean-token": {
    summary: "mean probability of the tokens of its names and argument values",
    ...OF_OWN_ANSWER,
    margin: ofLikelihood(({ meaning }) => meaning.mean),
  },
  "min-token": {
    summary: "smallest probability of those tokens",
    ...OF_OWN_ANSWER,
    margin: ofLikelihood(({ meaning }) => meaning.min),
  },
  agreement: {
    summary:
      "share of the most frequent calls among `samples` answers drawn at temperature 0.7 (5 by default)",
    ...{ ...OF_OWN_ANSWER, readsAnswers: "samples" },
    margin: (_scores, _draw, { agreement: { samples, largest } }) =>
      samples === 0 ? 0 : largest / samples,
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
