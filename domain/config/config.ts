import type { ConfigDtype } from "./engine-dtype.js";
import type { NameClosing } from "../uncertainty/name-closing.js";
import type { ServerSpec, VariantSpec } from "./variant.js";

/** One resolved data set of a sweep. */
export interface DatasetSpec {
  /** Name used in unit keys; `[a-z0-9-]+`. */
  readonly name: string;
  /** A name in dataset-formats.ts. */
  readonly format: string;
  /** File or folder; absent for the bundled set. */
  readonly path?: string;
  /** Maximum number of reported records, from the start. */
  readonly limit?: number;
  /** Records of the file to use; absent: all. */
  readonly rows?: readonly number[] | { readonly every: number; readonly offset: number };
  /** Number of unreported records for `tau: auto`, drawn from the whole file; for the bundled set, its last ones. */
  readonly calibration: number;
}

/** A config with all defaults filled in. */
export interface ResolvedConfig {
  readonly sweep: string;
  /** A model's name, `hf:ORG/NAME[@revision]`, a .gguf file, or a directory of a Hugging Face causal LM. */
  readonly model: string;
  readonly datasets: readonly DatasetSpec[];
  readonly candidateOrder: "given" | "shuffled";
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format, unless it is the default; `auto` until planning settles it. */
  readonly format?: string;
  /** Only the empty list says "no call"; absent: an answer in words does, too. */
  readonly refusals?: "empty-list";
  /** What counts after a name when H scores it; absent: `token`. */
  readonly nameClosing?: NameClosing;
  /** Type of numbers of the sweep's engines; absent: that of the engine it starts with. */
  readonly dtype?: ConfigDtype;
  /** Seed indices. */
  readonly seeds: readonly number[];
  readonly variants: readonly VariantSpec[];
  /** Server that generates (G and I) instead of the engine, which still scores and trains. */
  readonly sampler?: ServerSpec;
  /** Allows methods that see the test samples' gold. */
  readonly allowGold: boolean;
  /** The paper's table or figure that reports show next to this sweep; outside the config hash. */
  readonly experiment?: string;
  readonly run: RunSettings;
  /** How the endpoint answers; absent: with its defaults. */
  readonly serve?: ServeSettings;
}

/** Settings of `whetstone serve`, which its options override; outside the config hash. */
export interface ServeSettings {
  /** Variant that answers; absent: the first that is not `base`. */
  readonly variant?: string;
  /** Milliseconds after which the base model answers; absent: no limit. */
  readonly budgetMs?: number;
  /** Requests per minute that a tenant may send; absent: any number. */
  readonly rate?: number;
  /** Days after which requests are deleted; absent: never. */
  readonly keepDays?: number;
}

/** Settings that change a sweep's speed but never its results; outside the config hash. */
export interface RunSettings {
  /** Maximum units in flight over the whole sweep. */
  readonly concurrency: number;
  readonly partitions: number;
  /** Stop if more units than this fail: a share below 1, or a number. */
  readonly failOnError: number;
  /** Stop if the first N units all fail with the same error. */
  readonly stopAfterSameError: number;
  /** Stop if half or more of the base model's first 20 answers cannot be read; absent in earlier configs: true. */
  readonly stopOnUnreadable?: boolean;
  /** Class of the GPU workers that the sweep's tasks go to; absent: all. */
  readonly gpuClass?: string;
  /** Time that a step may wait on a GPU worker's private queue before its adapter counts as lost. */
  readonly privateQueueTimeoutSeconds: number;
}
