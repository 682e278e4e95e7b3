import type { NameClosing } from "../uncertainty/name-closing.js";
import type { ServerSpec, VariantSpec } from "./variant.js";

/** One data set of a sweep, as resolved. */
export interface DatasetSpec {
  /** Name used in unit keys; `[a-z0-9-]+`. */
  readonly name: string;
  /** A name in dataset-formats.ts. */
  readonly format: string;
  /** File or folder; absent for the bundled set. */
  readonly path?: string;
  /** Report at most this many records, from the start. */
  readonly limit?: number;
  /** Which records of the file are used; absent: all. */
  readonly rows?: readonly number[] | { readonly every: number; readonly offset: number };
  /** Records set aside for `tau: auto`, drawn from the whole file (of the bundled set: its last ones); never reported on. */
  readonly calibration: number;
}

/** A config with every default filled in. */
export interface ResolvedConfig {
  readonly sweep: string;
  /** A model's name, `hf:ORG/NAME[@revision]`, a .gguf file, or a directory of a Hugging Face causal LM. */
  readonly model: string;
  readonly datasets: readonly DatasetSpec[];
  readonly candidateOrder: "given" | "shuffled";
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format, unless it is the default. */
  readonly format?: string;
  /** Only the empty list says "no call"; absent: an answer in words does, too. */
  readonly refusals?: "empty-list";
  /** What counts after a name when H scores it; absent: `token`. */
  readonly nameClosing?: NameClosing;
  /** Seed indices. */
  readonly seeds: readonly number[];
  readonly variants: readonly VariantSpec[];
  /** Generates (G and I) instead of the engine, which still scores and trains. */
  readonly sampler?: ServerSpec;
  /** Permits the methods that see the test samples' gold. */
  readonly allowGold: boolean;
  /** The paper's table or figure that reports show beside this sweep; outside the config hash. */
  readonly experiment?: string;
  readonly run: RunSettings;
}

/** Settings that change how fast a sweep runs, never its results; outside the config hash. */
export interface RunSettings {
  /** Sample workflows in flight over the whole sweep. */
  readonly concurrency: number;
  readonly partitions: number;
  /** Stop when more units than this failed: a share below 1, or a number. */
  readonly failOnError: number;
  /** Stop when the first N units all failed with the same error. */
  readonly stopAfterSameError: number;
  /** Stop when half or more of the base model's first 20 answers could not be read; absent in earlier configs: yes. */
  readonly stopOnUnreadable?: boolean;
  /** GPU class: the sweep's tasks go to task queue `whetstone-<gpuClass>`. */
  readonly gpuClass: string;
  /** How long a step may wait on a GPU worker's private queue before its adapter counts as lost. */
  readonly privateQueueTimeoutSeconds: number;
}
