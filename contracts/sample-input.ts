import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import type { Outcome, PlannedUnit, UnitRole } from "../domain/units/unit.js";
import type { VariantSpec } from "../domain/config/variant.js";
import type { SweepPlan } from "./sweep-plan.js";
import type { UnitError } from "./unit-error.js";

/** Input of one unit: references and parameters; texts are read from the store by key. */
export interface SampleInput {
  readonly unit: PlannedUnit;
  readonly variant: VariantSpec;
  /** The variant's threshold or the calibrated one; 0 for calibration units, so that none is flagged. */
  readonly tau: number;
  readonly plan: SweepPlan;
  /** Other samples of the data set whose pair this one may use (shuffled-pair). */
  readonly partners?: readonly string[];
  /** The sweep's adapter, which answers the sample (sft, sft-ood, cheat-sft). */
  readonly fineTuned?: FineTunedAdapter;
}

/** How an answered unit ended; the whole trace is in the store. */
export interface SampleResult {
  readonly outcome: Outcome;
  readonly correct: boolean;
  /** Which part of the answer is wrong; empty if the answer is right. */
  readonly verdict: string;
  /** Whether the answer is the base model's own; absent in histories of versions that did not say. */
  readonly fromBase?: boolean;
}

/** One unit of a sample's workflow; what its units share is in the workflow's input. */
export interface UnitOfSample {
  /** Name of one of the input's `variants`. */
  readonly variant: string;
  /** Seed index. */
  readonly seed: number;
  readonly tau: number;
  readonly partners?: readonly string[];
  readonly fineTuned?: FineTunedAdapter;
}

/** Input of the workflow that answers the pending units of one sample. */
export interface SampleUnitsInput {
  readonly sweep: string;
  readonly dataset: string;
  readonly sampleKey: string;
  readonly role: UnitRole;
  /** In plan order. */
  readonly units: readonly UnitOfSample[];
  readonly variants: readonly VariantSpec[];
  readonly plan: SweepPlan;
  /** Number of units to run side by side. With one, each unit finds the steps that earlier ones computed. */
  readonly lanes: number;
  /** Workflow id of the partition, which is told of failures at once. */
  readonly partition: string;
  /** Whether to tell the partition of the first base answer at once, too. */
  readonly tellsBaseAnswer: boolean;
}

/** How one unit of a sample ended. */
export interface UnitEnd {
  readonly variant: string;
  readonly seed: number;
  /** Null if it failed, or was answered by another workflow. */
  readonly result: SampleResult | null;
  /** Why it failed; null if it was answered. */
  readonly error: UnitError | null;
}

/** Result of a sample's workflow. */
export interface SampleUnitsResult {
  /** In plan order. */
  readonly ended: readonly UnitEnd[];
  /** Units that were not started, because the workflow was told to drain or its history grew long. */
  readonly left: readonly UnitOfSample[];
}
