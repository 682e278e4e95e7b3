import type { StepTiming, UncertaintyTrace } from "../../domain/units/trace.js";
import type { EstimatorSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `scoreUncertainty`. */
export interface ScoreUncertaintyInput extends StepInput {
  readonly estimator: EstimatorSpec;
  /** The sample is uncertain iff the margin is below this; in the estimator's unit. */
  readonly tau: number;
}

/** Result of `scoreUncertainty`. */
export interface ScoreUncertaintyResult {
  readonly uncertainty: UncertaintyTrace;
  readonly timing: StepTiming;
}
