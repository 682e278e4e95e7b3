import type { ResolvedConfig } from "./config.js";
import type { Fields } from "./field.js";
import type { VariantSpec } from "./variant.js";

const FLAG = "whom it flags is found anew each time, from the stored scores";
const IN_PARTS = "its own fields say which keys they enter";
const PLACE = "says where and how fast steps run, never what they give";

/** Every field of a variant. Those of its parts are in step-fields.ts. */
export const VARIANT_FIELDS = {
  name: { hash: false, keys: {}, because: "two variants of one computation share its steps" },
  method: { hash: true, keys: {}, because: "it says which steps are taken, not what one gives" },
  estimator: { hash: true, keys: {}, because: IN_PARTS },
  gathers: { hash: false, keys: {}, because: "each is the estimator of a variant of the config" },
  // Section 3.1: uncertain iff the margin is below this.
  tau: { default: 0.95, hash: true, keys: {}, because: FLAG },
  selection: { default: "uncertain", hash: true, keys: {}, because: FLAG },
  synthesis: { hash: true, keys: {}, because: IN_PARTS },
  training: { hash: true, keys: {}, because: IN_PARTS },
  inference: { hash: true, keys: {}, because: IN_PARTS },
  teacher: { hash: true, keys: {}, because: IN_PARTS },
  split: { hash: true, keys: {}, because: "the records of it enter the keys themselves" },
  demonstrations: { hash: true, keys: {}, because: IN_PARTS },
} as const satisfies Fields<VariantSpec>;

/** Every field of a resolved config. contracts/sweep-plan.ts lists the fields that steps receive. */
export const CONFIG_FIELDS = {
  sweep: { hash: false, keys: {}, because: "sweeps share the steps of one computation" },
  model: { hash: true, keys: {}, because: "its files' fingerprint counts, wherever they lie" },
  datasets: { hash: true, keys: {}, because: "the content of each sample counts" },
  candidateOrder: { default: "shuffled", hash: true, keys: {}, because: IN_PARTS },
  prompt: { default: "compact", hash: true, keys: {}, because: IN_PARTS },
  format: { hash: true, keys: {}, because: IN_PARTS },
  refusals: { hash: false, keys: {}, because: "the rule that it selects is in the hash" },
  nameClosing: { hash: true, keys: {}, because: IN_PARTS },
  seeds: { default: [0], hash: true, keys: {}, because: "a unit has one of them" },
  variants: { hash: true, keys: {}, because: IN_PARTS },
  sampler: { hash: true, keys: {}, because: IN_PARTS },
  allowGold: { default: false, hash: false, keys: {}, because: "it permits, and changes nothing" },
  experiment: { hash: false, keys: {}, because: "it says what a report shows beside the results" },
  run: { hash: false, keys: {}, because: PLACE },
} as const satisfies Fields<ResolvedConfig>;
