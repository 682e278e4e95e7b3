import type { StepTiming, SynthesisAttempt } from "../../domain/units/trace.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { InferResult } from "./infer.js";
import type { ScoreUncertaintyResult } from "./score-uncertainty.js";
import type { StepInput } from "../step-input.js";
import type { SynthesizeResult } from "./synthesize.js";
import type { AnswerKnown } from "./train-adapter.js";
/** A step whose value other units of the same sample may have left in the store. */
export type RecallableStep = "score" | "baseAnswer" | "pairs" | "adaptedAnswer";

/** Input of `recallSteps`. */
export interface RecallStepsInput extends StepInput {
  readonly variant: VariantSpec;
  readonly tau: number;
  /** What the unit's method may need; "adaptedAnswer" is found by its "pairs". */
  readonly wanted: readonly RecallableStep[];
}

/** Result of `recallSteps`: what is known, in the shape in which the step itself would give it. */
export interface RecallStepsResult {
  readonly score?: ScoreUncertaintyResult;
  readonly baseAnswer?: InferResult;
  /** The first pairs, as far as they are known. */
  readonly pairs?: readonly SynthesizeResult[];
  /** Attempts at the pair after those, where they were all unusable. */
  readonly exhausted?: readonly SynthesisAttempt[];
  /** Whose attempts those are; absent in results of earlier versions. */
  readonly exhaustedTiming?: StepTiming;
  readonly adaptedAnswer?: AnswerKnown;
}

/** Looks into the store before anything is scheduled; runs beside the workflow. */
export type RecallActivities = {
  recallSteps(input: RecallStepsInput): Promise<RecallStepsResult>;
};
