import type { StepTiming, SyntheticPair } from "../../domain/units/trace.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `gatherExamples`. */
export interface GatherExamplesInput extends StepInput {
  readonly variant: VariantSpec;
}

/** Result of `gatherExamples`. */
export interface GatherExamplesResult {
  readonly pairs: readonly SyntheticPair[];
  readonly timing: StepTiming;
}

/** Labeled examples for a unit; runs on the cpu queue, the only one that may read gold. */
export type ExampleActivities = {
  gatherExamples(input: GatherExamplesInput): Promise<GatherExamplesResult>;
};
