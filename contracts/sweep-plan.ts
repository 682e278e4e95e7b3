import type { EngineDtype } from "../domain/config/engine-dtype.js";
import type { Fields } from "../domain/config/field.js";
import { SAMPLER_FIELDS } from "../domain/config/step-fields.js";
import type { NameClosing } from "../domain/uncertainty/name-closing.js";
import type { ServerSpec } from "../domain/config/variant.js";

/** Settings that all units of a sweep share and every step needs. */
export interface SweepPlan {
  /** SHA-256 over the planned model's files; an engine with another model is rejected. */
  readonly modelFingerprint: string;
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format; see domain/formats/answer-formats.ts. Absent: the default. */
  readonly format?: string;
  /** What counts after a name when H scores it; absent: `token`. */
  readonly nameClosing?: NameClosing;
  /**
   * Type of numbers that every engine of the sweep computes in; an engine of another type is rejected. "any": engines
   * of all types. Absent: not recorded, as in sweeps stored before types were; every engine is accepted.
   */
  readonly dtype?: EngineDtype | "any";
  readonly candidateOrder: "given" | "shuffled";
  /** Server that generates (G and I) instead of the engine. */
  readonly sampler?: ServerSpec;
  /** Data sets that do not specify which arguments are required; absent: none. */
  readonly requirementsUnknown?: readonly string[];
  /** GPU steps go to the workers of this class; absent: to every GPU worker. */
  readonly gpuClass?: string;
  /** Seconds that a step may wait on a GPU worker's private queue before its adapter counts as lost. */
  readonly privateQueueTimeoutSeconds: number;
  readonly recordOn: RecordPlace;
  /** Whose requests these are: steps are shared only within a tenant. Absent in sweeps. */
  readonly tenant?: string;
}

const TEXTS_OF_A_SAMPLE = {
  score: ["always"],
  channel: ["always"],
  tokens: ["always"],
  synthesize: ["always"],
  train: ["always"],
  "held-back": ["always"],
  answer: ["always"],
} as const;

const TEXTS = { ...TEXTS_OF_A_SAMPLE, "fine-tune": ["always"] } as const;

const PLACE = "it sets where and how fast steps run, not their results";

/** Every field of a plan and the step keys that it enters, directly or through the texts that it changes. */
export const PLAN_FIELDS = {
  modelFingerprint: { hash: true, keys: TEXTS },
  prompt: { hash: true, keys: TEXTS },
  // Through the hash of the prompts, which show the format.
  format: { hash: true, keys: TEXTS },
  // Where names are scored: by H, for the tool of a grounded pair, and to verify a pair. Where a name is forced, too.
  nameClosing: {
    hash: true,
    keys: { score: ["always"], synthesize: ["named", "verified"], answer: ["forced"] },
  },
  // What was computed before types were recorded was fp32 on processors: float32 stays out of keys.
  dtype: { hash: false, keys: TEXTS },
  candidateOrder: { hash: true, keys: TEXTS },
  // SAMPLER_FIELDS declares its fields. It enters no key of a sweep's adapter, which only the engine trains.
  sampler: { hash: true, keys: SAMPLER_FIELDS.model.keys },
  // Derived from the data, whose content is in the hash.
  requirementsUnknown: { hash: false, keys: { synthesize: ["grounded"], answer: ["copied"] } },
  gpuClass: { hash: false, keys: {}, because: PLACE },
  privateQueueTimeoutSeconds: { hash: false, keys: {}, because: PLACE },
  recordOn: { hash: false, keys: {}, because: PLACE },
  // Of served requests, which a sweep's adapter never answers.
  tenant: { hash: false, keys: TEXTS_OF_A_SAMPLE },
} as const satisfies Fields<SweepPlan>;

/** Where `recordResult` runs: beside the workflow as a local activity, or on the cpu queue. */
export type RecordPlace = "local" | "cpu";
