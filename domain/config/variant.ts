import type { Method } from "../methods/registry.js";
import type { EstimatorKind } from "../uncertainty/registry.js";

/**
 * How a sample is answered: a method with its parameters, fully resolved (every default filled in).
 * These are the fields that change results, so all of them enter the config hash.
 */
export interface VariantSpec {
  /** Unique within the sweep; `[a-z0-9.-]+`. */
  readonly name: string;
  readonly method: Method;
  readonly estimator: EstimatorSpec;
  /** Uncertain iff margin < tau; "auto": Youden's J on the calibration records. */
  readonly tau: number | "auto";
  /** Which samples are adapted; the rest go to the base model. "none": H scores, and nothing is adapted. */
  readonly selection: "uncertain" | "certain" | "all" | "none";
  readonly synthesis: SynthesisSpec;
  readonly training: TrainingSpec;
  readonly inference: InferenceSpec;
  /** Who writes the pairs of tt-d. */
  readonly teacher?: ServerSpec;
  /** Labelled records of another split or data set, for icl, sft and sft-ood. */
  readonly split?: SplitSpec;
  /** Which of the split's records are shown (icl) or trained on (sft-ood). */
  readonly demonstrations?: DemonstrationSpec;
}

/** Uncertainty estimator H (section 3.1, App. D). */
export interface EstimatorSpec {
  readonly kind: EstimatorKind;
  /** Share of samples flagged by `random`, 0..1. */
  readonly rate: number;
  /** Weight of log P(query | tool signature) in `channel`. */
  readonly weight: number;
}

/** Synthesis G (section 3.2, App. E). */
export interface SynthesisSpec {
  /** K, the number of synthetic pairs per adapted sample. */
  readonly examples: number;
  readonly temperature: number;
  readonly maxTokens: number;
  /** Attempts per pair, first one included: 6 = up to 5 retries. */
  readonly maxAttempts: number;
  readonly decoding: "free" | "constrained";
  readonly checks: SynthesisChecks;
  /**
   * "free": the model writes query and call (paper). Else the call is the model's own grounded answer to the seed,
   * and its values are exchanged in call and query alike ("substitute"), or the model writes a query around the
   * exchanged call ("rewrite"). "identity" (of the control identity-pair alone) varies nothing.
   */
  readonly grounding: "free" | "substitute" | "rewrite" | "identity";
  /** Tool name of a grounded call: the model's own answer's, H's best, or the channel's best. */
  readonly name: "own" | "best" | "channel";
  /** A pair is kept only if this estimator, on the new query, prefers the new call's tool. */
  readonly verify: "none" | "rss" | "channel";
  /** Usable draws per pair; of several, the one whose answer the model finds likeliest per token is kept. */
  readonly draws: number;
}

/** Checks that turn a parsed reply into a parse failure too; each can be switched off. */
export interface SynthesisChecks {
  readonly knownTool: boolean;
  readonly argumentsFitSchema: boolean;
  readonly differsFromSeed: boolean;
  readonly grounded: boolean;
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
  /** Adds pairs one by one and stops when the loss of the last one, held back, no longer falls; needs K > 1. */
  readonly adaptive: boolean;
  /** Examples per optimisation step of a sweep's adapter (sft); temporary adapters take one at a time. */
  readonly batchSize?: number;
}

/** Inference I (Table 1). */
export interface InferenceSpec {
  readonly temperature: number;
  readonly maxTokens: number;
  /** Answers drawn per unit; single, majority and pass@k come from the same ones. */
  readonly answers: number;
  readonly decoding: "free" | "constrained";
  /** How many calls a constrained answer has: any number, at least one, exactly one. */
  readonly calls: "any" | "some" | "one";
  /** Applies the copy rule to each answer: ungrounded values are decoded again as spans of the query. */
  readonly copy: boolean;
}

/** An OpenAI-compatible server. */
export interface ServerSpec {
  readonly model: string;
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; absent: no key is sent. */
  readonly apiKeyEnv?: string;
}

/** Labelled records outside the test data. */
export interface SplitSpec {
  readonly name: string;
  readonly format: string;
  readonly path?: string;
  readonly limit?: number;
}

/** Which records of a split are used. */
export interface DemonstrationSpec {
  /** How many. */
  readonly examples: number;
  /** At random by the sweep's seed, or those whose query is most like the sample's (TF-IDF cosine). */
  readonly select: "random" | "nearest";
  /** Index of an independent random draw (sft-ood: five of them). */
  readonly draw: number;
}
