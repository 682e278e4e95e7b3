import type { DatasetSpec, ResolvedConfig, RunSettings } from "./config.js";
import type {
  DemonstrationSpec,
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
} from "./variant.js";

/**
 * What a config leaves out. The method's values are the paper's (specification, sections 2 to 5), except where small models
 * would suffer: short prompts, shuffled candidates, checks on pairs, pairs of at most 512 tokens. configs/paper/ sets the
 * paper's there, too.
 */
export const CONFIG_DEFAULTS = {
  candidateOrder: "shuffled" satisfies ResolvedConfig["candidateOrder"],
  prompt: "compact" satisfies ResolvedConfig["prompt"],
  seeds: [0],
  /** Section 3.1: uncertain iff the margin is below this. */
  tau: 0.95,
  estimator: { kind: "rss", rate: 0.5, weight: 1 } satisfies EstimatorSpec,
  synthesis: {
    examples: 1,
    temperature: 0.7,
    maxTokens: 512,
    maxAttempts: 6,
    decoding: "free",
    checks: { knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true },
    grounding: "free",
    name: "own",
    verify: "none",
    draws: 1,
  } satisfies SynthesisSpec,
  training: {
    rank: 8,
    alpha: 16,
    learningRate: 1e-4,
    epochs: 5,
    warmupRatio: 0.03,
    schedule: "cosine",
    scope: "all",
    adaptive: false,
  } satisfies TrainingSpec,
  /** Examples per step of sft: one device's share times accumulation, as LLaMA-Factory's LoRA examples have it. */
  fineTuneBatchSize: 8,
  inference: {
    temperature: 0.7,
    maxTokens: 256,
    answers: 1,
    decoding: "free",
    calls: "any",
    copy: false,
  } satisfies InferenceSpec,
  /** TT-D (section 4): the paper's teacher. */
  teacher: {
    model: "gpt-5-mini",
    baseUrl: "https://api.openai.com/v1",
    apiKeyEnv: "OPENAI_API_KEY",
  } satisfies ServerSpec,
  demonstrations: { examples: 1, select: "random", draw: 0 } satisfies DemonstrationSpec,
  dataset: { calibration: 0 } satisfies Partial<DatasetSpec>,
  run: {
    concurrency: 48,
    partitions: 4,
    failOnError: 0.1,
    stopAfterSameError: 10,
    stopOnUnreadable: true,
    gpuClass: "a40",
    privateQueueTimeoutSeconds: 60,
  } as RunSettings,
} as const;
