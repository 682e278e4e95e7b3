import type { EstimatorSpec, InferenceSpec } from "../config/variant.js";
import { DEFAULT_SAMPLES } from "./answer-options.js";
import { describeEstimator } from "./registry.js";

/** Temperature at which `agreement` draws its answers: the paper's. */
const SAMPLING_TEMPERATURE = 0.7;

/** What must be known of a sample besides the scores of its tools' names. */
export interface EvidenceNeeds {
  /** The noisy channel's scores. */
  readonly queries: boolean;
  /** The greedy answer's tokens. */
  readonly tokens: boolean;
  /** Numbers of drawn answers to compare, each once. */
  readonly samples: readonly number[];
}

/** What estimators read together. */
export function needsOf(specs: readonly EstimatorSpec[]): EvidenceNeeds {
  const records = specs.map(({ kind }) => describeEstimator(kind));
  const samples = specs.flatMap(({ kind, samples: count = DEFAULT_SAMPLES }) =>
    describeEstimator(kind).readsAnswers === "samples" ? [count] : [],
  );
  return {
    queries: records.some(({ readsQueries }) => readsQueries === true),
    tokens: records.some(({ readsAnswers }) => readsAnswers === "tokens"),
    samples: [...new Set(samples)],
  };
}

/** Whether an estimator reads the base model's own answers, which depend on the inference settings. */
export function readsAnswers({ kind }: Pick<EstimatorSpec, "kind">): boolean {
  return describeEstimator(kind).readsAnswers !== undefined;
}

/** The answer whose tokens are read: greedy, as the base model writes it. */
export function greedyInference(inference: InferenceSpec): InferenceSpec {
  return { ...inference, temperature: 0, answers: 1, copy: false };
}

/** The answers that `agreement` compares. */
export function sampledInference(inference: InferenceSpec, answers: number): InferenceSpec {
  return { ...inference, temperature: SAMPLING_TEMPERATURE, answers, copy: false };
}
