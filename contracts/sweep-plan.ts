import type { ServerSpec } from "../domain/config/variant.js";

/** What all units of a sweep have in common and every step needs. */
export interface SweepPlan {
  /** SHA-256 over the planned model's files; an engine with another model is refused. */
  readonly modelFingerprint: string;
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format; see domain/formats/answer-formats.ts. Absent: the default. */
  readonly format?: string;
  readonly candidateOrder: "given" | "shuffled";
  /** Generates (G and I) instead of the engine. */
  readonly sampler?: ServerSpec;
  /** Data sets that do not say which arguments are required; absent: none. */
  readonly requirementsUnknown?: readonly string[];
  /** GPU steps go to task queue `whetstone-<gpuClass>`. */
  readonly gpuClass: string;
  /** How long a step may wait on a GPU worker's private queue before its adapter counts as lost. */
  readonly privateQueueTimeoutSeconds: number;
  readonly recordOn: RecordPlace;
}

/** Where `recordResult` runs: beside the workflow as a local activity, or on the cpu queue. */
export type RecordPlace = "local" | "cpu";
