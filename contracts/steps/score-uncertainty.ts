import type { StepTiming, UncertaintyTrace } from "../../domain/units/trace.js";
import type { EstimatorSpec, InferenceSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `scoreUncertainty`. */
export interface ScoreUncertaintyInput extends StepInput {
  readonly estimator: EstimatorSpec;
  /** Further estimators that will judge the same sample; absent: none. */
  readonly gathers?: readonly EstimatorSpec[];
  /** How the unit answers, which estimators of answers follow; absent: none of them reads answers. */
  readonly inference?: InferenceSpec;
  /** The sample is uncertain iff the margin is below this; in the estimator's unit. */
  readonly tau: number;
}

/** Result of `scoreUncertainty`. */
export interface ScoreUncertaintyResult {
  readonly uncertainty: UncertaintyTrace;
  readonly timing: StepTiming;
}
