import { DEFAULT_AGGREGATE, DEFAULT_SAMPLES } from "../uncertainty/answer-options.js";
import type { Fields } from "./field.js";
import type {
  DemonstrationSpec,
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
} from "./variant.js";

/**
 * Every field of the steps' parameters: its default and the keys that it enters. Defaults are the paper's
 * (docs/method.md, sections 2 to 5), except those that do not suit small models: checks on pairs, pairs of at most 512
 * tokens. configs/paper/ sets the paper's values for these, too.
 */

const FLAG = "the raw scores are stored; margins are computed from them each time";

/** H. */
export const ESTIMATOR_FIELDS = {
  kind: { default: "rss", hash: true, keys: { synthesize: ["named"] } },
  rate: { default: 0.5, hash: true, keys: {}, because: FLAG },
  weight: { default: 1, hash: true, keys: { synthesize: ["named"] } },
  // Left out at their defaults, like all that is newer than the first hashes.
  aggregate: { default: DEFAULT_AGGREGATE, hash: true, keys: {}, because: FLAG },
  samples: {
    ...{ default: DEFAULT_SAMPLES, hash: true, keys: {} },
    because: "the answers' own keys have their number",
  },
} as const satisfies Fields<EstimatorSpec>;

/** G. */
export const SYNTHESIS_FIELDS = {
  examples: {
    ...{ default: 1, hash: true, keys: {} },
    because: "the first pairs are the same for any K",
  },
  temperature: { default: 0.7, hash: true, keys: { synthesize: ["always"] } },
  maxTokens: { default: 512, hash: true, keys: { synthesize: ["always"] } },
  maxAttempts: { default: 6, hash: true, keys: { synthesize: ["always"] } },
  decoding: { default: "free", hash: true, keys: { synthesize: ["always"] } },
  checks: {
    default: { knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true },
    ...{ hash: true, keys: { synthesize: ["always"] } },
  },
  grounding: { default: "free", hash: true, keys: { synthesize: ["grounded"] } },
  name: { default: "own", hash: true, keys: { synthesize: ["grounded"] } },
  verify: { default: "none", hash: true, keys: { synthesize: ["always"] } },
  draws: { default: 1, hash: true, keys: { synthesize: ["several"] } },
} as const satisfies Fields<SynthesisSpec>;

const TRAINS = { train: ["always"], "held-back": ["always"], "fine-tune": ["always"] } as const;

/** T. */
export const TRAINING_FIELDS = {
  rank: { default: 8, hash: true, keys: TRAINS },
  alpha: { default: 16, hash: true, keys: TRAINS },
  learningRate: { default: 1e-4, hash: true, keys: TRAINS },
  epochs: { default: 5, hash: true, keys: TRAINS },
  warmupRatio: { default: 0.03, hash: true, keys: TRAINS },
  schedule: { default: "cosine", hash: true, keys: TRAINS },
  scope: { default: "all", hash: true, keys: TRAINS },
  adaptive: { default: false, hash: true, keys: TRAINS },
  // Batch size per device times accumulation steps of LLaMA-Factory's LoRA examples; only a sweep's adapter has
  // batches.
  batchSize: { default: 8, hash: true, keys: TRAINS },
} as const satisfies Fields<TrainingSpec>;

const ANSWERS = { answer: ["always"] } as const;

/** I. */
export const INFERENCE_FIELDS = {
  temperature: { default: 0.7, hash: true, keys: ANSWERS },
  maxTokens: { default: 256, hash: true, keys: { ...ANSWERS, synthesize: ["grounded"] } },
  answers: { default: 1, hash: true, keys: ANSWERS },
  decoding: { default: "free", hash: true, keys: ANSWERS },
  calls: {
    ...{ default: "any", hash: true },
    keys: { ...ANSWERS, synthesize: ["grounded", "constrained"] },
  },
  copy: { default: false, hash: true, keys: ANSWERS },
} as const satisfies Fields<InferenceSpec>;

const OPENS_ONLY = "a key opens a server and does not change its answers";

/** TT-D's teacher (section 4); the defaults are the paper's. */
export const TEACHER_FIELDS = {
  model: { default: "gpt-5-mini", hash: true, keys: { synthesize: ["always"] } },
  baseUrl: {
    ...{ default: "https://api.openai.com/v1", hash: true },
    keys: { synthesize: ["always"] },
  },
  // In the hash because the hash's first version included it.
  apiKeyEnv: { default: "OPENAI_API_KEY", hash: true, keys: {}, because: OPENS_ONLY },
} as const satisfies Fields<ServerSpec>;

/** All steps of a sample: their keys include the texts that the model reads, and the model. */
const OF_A_SAMPLE = {
  score: ["always"],
  channel: ["always"],
  tokens: ["always"],
  synthesize: ["always"],
  train: ["always"],
  "held-back": ["always"],
  answer: ["always"],
} as const;

/** The server that generates instead of the engine; its texts may differ even if it reports the same model. */
export const SAMPLER_FIELDS = {
  model: { hash: true, keys: OF_A_SAMPLE },
  baseUrl: { hash: true, keys: OF_A_SAMPLE },
  apiKeyEnv: { hash: false, keys: {}, because: OPENS_ONLY },
} as const satisfies Fields<ServerSpec>;

const BY_CONTENT = "the records that it selects enter the keys instead";

/** Labeled records. */
export const DEMONSTRATION_FIELDS = {
  examples: { default: 1, hash: true, keys: {}, because: BY_CONTENT },
  select: { default: "random", hash: true, keys: {}, because: BY_CONTENT },
  draw: { default: 0, hash: true, keys: {}, because: BY_CONTENT },
} as const satisfies Fields<DemonstrationSpec>;
