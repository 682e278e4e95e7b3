import type { FineTuneTarget } from "../../domain/methods/fine-tune.js";
import type { TrainingSpec } from "../../domain/config/variant.js";
import type { SweepPlan } from "../sweep-plan.js";

/** Input of `prepareFineTune`. */
export interface PrepareFineTuneInput {
  readonly sweep: string;
  readonly target: FineTuneTarget;
}

/** Result of `prepareFineTune`: everything that the training steps need except the records. */
export interface PreparedFineTune {
  /** Key of the stored records and of the adapter's weights. */
  readonly trainingKey: string;
  readonly examples: number;
  readonly totalSteps: number;
  readonly seed: number;
  readonly training: TrainingSpec & { readonly batchSize: number };
  readonly plan: Omit<SweepPlan, "recordOn">;
}

/** Chooses the training records of a sweep's adapter; runs on the cpu queue, the only one that may read gold. */
export type FineTuneActivities = {
  prepareFineTune(input: PrepareFineTuneInput): Promise<PreparedFineTune>;
};
