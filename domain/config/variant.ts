import type { Method } from "../methods/registry.js";
import type { Aggregate } from "../uncertainty/answer-options.js";
import type { EstimatorKind } from "../uncertainty/registry.js";

/**
 * How a sample is answered: a method with its parameters, all defaults filled in. All fields change
 * results, so all of them enter the config hash.
 */
export interface VariantSpec {
  /** Unique within the sweep; `[a-z0-9.-]+`. */
  readonly name: string;
  readonly method: Method;
  readonly estimator: EstimatorSpec;
  /** Further estimators that will judge the same sample: those of a calibration's variants. */
  readonly gathers?: readonly EstimatorSpec[];
  /** Uncertain iff margin < tau; "auto": Youden's J on the calibration records. */
  readonly tau: number | "auto";
  /** Which samples are adapted; the base model answers the rest. "none": H scores, but no sample is adapted. */
  readonly selection: "uncertain" | "certain" | "all" | "none";
  readonly synthesis: SynthesisSpec;
  readonly training: TrainingSpec;
  readonly inference: InferenceSpec;
  /** The server that generates the pairs of tt-d. */
  readonly teacher?: ServerSpec;
  /** Labeled records of another split or data set, for icl, sft and sft-ood. */
  readonly split?: SplitSpec;
  /** The split's records to show (icl) or train on (sft-ood). */
  readonly demonstrations?: DemonstrationSpec;
}

/** Uncertainty estimator H (section 3.1, App. D). */
export interface EstimatorSpec {
  readonly kind: EstimatorKind;
  /** Share of samples flagged by `random`, 0..1. */
  readonly rate: number;
  /** Weight of log P(query | tool signature) in `channel`. */
  readonly weight: number;
  /** How tokens count together in `call-likelihood` and `argument-likelihood`; absent: `mean`. */
  readonly aggregate?: Aggregate;
  /** Answers that `agreement` compares; absent: 5. */
  readonly samples?: number;
}

/** Synthesis G (section 3.2, App. E). */
export interface SynthesisSpec {
  /** K, the number of synthetic pairs per adapted sample. */
  readonly examples: number;
  readonly temperature: number;
  readonly maxTokens: number;
  /** Attempts per pair, including the first: 6 allows 5 retries. */
  readonly maxAttempts: number;
  readonly decoding: "free" | "constrained";
  readonly checks: SynthesisChecks;
  /**
   * "free": the model writes query and call (paper). Otherwise the call is the model's grounded answer to the seed with
   * new values: they are also replaced in the query ("substitute"), or the model writes a new query for the call
   * ("rewrite"). "identity" (only in the control identity-pair) varies nothing.
   */
  readonly grounding: "free" | "substitute" | "rewrite" | "identity";
  /** Tool name of a grounded call: that of the model's answer, H's best, or the best by noisy-channel scoring. */
  readonly name: "own" | "best" | "channel";
  /** Keeps a pair only if this estimator prefers its tool on the new query. */
  readonly verify: "none" | "rss" | "channel";
  /** Usable draws per pair; keeps the one whose answer has the highest log-likelihood per token. */
  readonly draws: number;
}

/** Checks that reject a parsed reply; each can be disabled. */
export interface SynthesisChecks {
  readonly knownTool: boolean;
  readonly argumentsFitSchema: boolean;
  readonly differsFromSeed: boolean;
  readonly grounded: boolean;
  /**
   * Drops optional arguments whose value the new query does not state, and rejects required numbers that it does not
   * state (ours: a pair with unstated values teaches to make values up). Absent means no.
   */
  readonly stated?: true;
}

/** Adaptation T (section 3.3, App. G.3). */
export interface TrainingSpec {
  readonly rank: number;
  readonly alpha: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly warmupRatio: number;
  readonly schedule: "cosine" | "constant" | "linear";
  /** "all": the paper's LoRA; "answer": active from the answer's first token only. */
  readonly scope: "all" | "answer";
  /** Adds pairs one by one and stops when the loss on the held-out last pair no longer falls; needs K > 1. */
  readonly adaptive: boolean;
  /** Examples per optimization step of a sweep's adapter (sft); temporary adapters use one example per step. */
  readonly batchSize?: number;
}

/** Inference I (Table 1). */
export interface InferenceSpec {
  readonly temperature: number;
  readonly maxTokens: number;
  /** Answers per unit; single, majority and pass@k use the same answers. */
  readonly answers: number;
  readonly decoding: "free" | "constrained";
  /** Number of calls in a constrained answer: any, at least one, exactly one. */
  readonly calls: "any" | "some" | "one";
  /** Applies the copy rule to each answer: redecodes ungrounded values as spans of the query. */
  readonly copy: boolean;
}

/** An OpenAI-compatible server. */
export interface ServerSpec {
  readonly model: string;
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; absent: no key is sent. */
  readonly apiKeyEnv?: string;
}

/** Labeled records outside the test data. */
export interface SplitSpec {
  readonly name: string;
  readonly format: string;
  readonly path?: string;
  readonly limit?: number;
}

/** The records of a split to use. */
export interface DemonstrationSpec {
  /** Number of records. */
  readonly examples: number;
  /** Random by the sweep's seed, or those whose query is most similar to the sample's (TF-IDF cosine). */
  readonly select: "random" | "nearest";
  /** Index of an independent random draw (sft-ood: five of them). */
  readonly draw: number;
}
