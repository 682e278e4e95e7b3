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
  /** Which samples are adapted; the rest go to the base model. */
  readonly selection: "uncertain" | "certain" | "all";
  readonly synthesis: SynthesisSpec;
  readonly training: TrainingSpec;
  readonly inference: InferenceSpec;
}

/** Method names of the specification's section 6. Only those in `IMPLEMENTED_METHODS` are accepted. */
export type Method = "base" | "tt-si" | "argmax-name";

export const IMPLEMENTED_METHODS = [
  "base",
  "tt-si",
  "argmax-name",
] as const satisfies readonly Method[];

/** Uncertainty estimator H (section 3.1, App. D). */
export interface EstimatorSpec {
  readonly kind: "rss" | "perplexity" | "nll" | "random" | "trivial";
  /** Share of samples flagged by `random`, 0..1. */
  readonly rate: number;
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
}

/** Inference I (Table 1). */
export interface InferenceSpec {
  readonly temperature: number;
  readonly maxTokens: number;
  /** Answers drawn per unit; single, majority and pass@k come from the same ones. */
  readonly answers: number;
  readonly decoding: "free" | "constrained";
}
