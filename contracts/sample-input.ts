import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import type { Outcome, PlannedUnit } from "../domain/units/unit.js";
import type { VariantSpec } from "../domain/config/variant.js";
import type { SweepPlan } from "./sweep-plan.js";

/** Input of one sample workflow: references and parameters; texts are read from the store by key. */
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

/** Result of a sample workflow; the whole trace is in the store. */
export interface SampleResult {
  readonly outcome: Outcome;
  readonly correct: boolean;
  /** Which part of the answer is wrong; empty if the answer is right. */
  readonly verdict: string;
  /** Whether the answer is the base model's own; absent in histories of versions that did not say. */
  readonly fromBase?: boolean;
}
