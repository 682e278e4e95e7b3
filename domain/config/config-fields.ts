import type { ResolvedConfig } from "./config.js";
import type { Fields } from "./field.js";
import type { VariantSpec } from "./variant.js";

const FLAG = "which samples it flags is computed from the stored scores each time";
const IN_PARTS = "each of its own fields declares the keys that it enters";
const IN_PLAN = "the field of the plan declares the keys that it enters";
const PLACE = "it sets where and how fast steps run, not their results";

/** Every field of a variant. step-fields.ts has those of its parts. */
export const VARIANT_FIELDS = {
  name: { hash: false, keys: {}, because: "variants that compute the same share their steps" },
  method: {
    hash: true,
    keys: {},
    because: "it selects the steps and does not change the result of one",
  },
  estimator: { hash: true, keys: {}, because: IN_PARTS },
  gathers: { hash: false, keys: {}, because: "each is the estimator of a variant of the config" },
  // Section 3.1: uncertain iff the margin is below this.
  tau: { default: 0.95, hash: true, keys: {}, because: FLAG },
  selection: { default: "uncertain", hash: true, keys: {}, because: FLAG },
  synthesis: { hash: true, keys: {}, because: IN_PARTS },
  training: { hash: true, keys: {}, because: IN_PARTS },
  inference: { hash: true, keys: {}, because: IN_PARTS },
  teacher: { hash: true, keys: {}, because: IN_PARTS },
  split: { hash: true, keys: {}, because: "its records enter the keys instead" },
  demonstrations: { hash: true, keys: {}, because: IN_PARTS },
} as const satisfies Fields<VariantSpec>;

/** Every field of a resolved config. contracts/sweep-plan.ts lists the fields that steps receive. */
export const CONFIG_FIELDS = {
  sweep: { hash: false, keys: {}, because: "sweeps that compute the same share their steps" },
  model: { hash: true, keys: {}, because: "the fingerprint of its files enters the keys instead" },
  datasets: { hash: true, keys: {}, because: "the content of each sample enters the keys instead" },
  candidateOrder: { default: "shuffled", hash: true, keys: {}, because: IN_PLAN },
  prompt: { default: "compact", hash: true, keys: {}, because: IN_PLAN },
  format: { hash: true, keys: {}, because: IN_PLAN },
  refusals: { hash: false, keys: {}, because: "the rule that it selects is in the hash" },
  nameClosing: { hash: true, keys: {}, because: IN_PLAN },
  // A rerun with another type is refused by what is recorded, not by the hash.
  dtype: { hash: false, keys: {}, because: IN_PLAN },
  seeds: {
    default: [0],
    hash: true,
    keys: {},
    because: "each unit has one of them, which enters its keys",
  },
  variants: { hash: true, keys: {}, because: IN_PARTS },
  sampler: { hash: true, keys: {}, because: IN_PLAN },
  allowGold: {
    default: false,
    hash: false,
    keys: {},
    because: "it permits methods and changes no result",
  },
  experiment: {
    hash: false,
    keys: {},
    because: "it selects what a report shows beside the results",
  },
  run: { hash: false, keys: {}, because: PLACE },
  serve: { hash: false, keys: {}, because: "sweeps ignore it" },
} as const satisfies Fields<ResolvedConfig>;
