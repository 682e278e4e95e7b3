import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import type { Outcome, PlannedUnit } from "../domain/units/unit.js";
import type { ServerSpec, VariantSpec } from "../domain/config/variant.js";

/** What all units of a sweep have in common and every step needs. */
export interface SweepPlan {
  /** SHA-256 over the planned model's files; an engine with another model is refused. */
  readonly modelFingerprint: string;
  /** Prompt style; see prompts/. */
  readonly prompt: string;
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

/** Input of one sample workflow: references and parameters; texts are read from the store by key. */
export interface SampleInput {
  readonly unit: PlannedUnit;
  readonly variant: VariantSpec;
  /** The variant's threshold, or the calibrated one; 0 (nobody is flagged) for calibration units. */
  readonly tau: number;
  readonly plan: SweepPlan;
  /** Other samples of the data set whose pair this one may be given (shuffled-pair). */
  readonly partners?: readonly string[];
  /** The sweep's adapter that answers (sft, sft-ood, cheat-sft). */
  readonly fineTuned?: FineTunedAdapter;
}

/** What a sample workflow returns; the whole trace is in the store. */
export interface SampleResult {
  readonly outcome: Outcome;
  readonly correct: boolean;
  /** Which part of the answer broke it; empty where it is right. */
  readonly verdict: string;
}
