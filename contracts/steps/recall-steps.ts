import type { StepTiming, SynthesisAttempt } from "../../domain/units/trace.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { InferResult } from "./infer.js";
import type { ScoreUncertaintyResult } from "./score-uncertainty.js";
import type { StepInput } from "../step-input.js";
import type { SynthesizeResult } from "./synthesize.js";
import type { AnswerKnown } from "./train-adapter.js";
/** A step whose value other units of the same sample may already have stored. */
export type RecallableStep = "score" | "baseAnswer" | "pairs" | "adaptedAnswer";

/** Input of `recallSteps`. */
export interface RecallStepsInput extends StepInput {
  readonly variant: VariantSpec;
  readonly tau: number;
  /** Steps that the unit's method may need; "adaptedAnswer" is looked up by its "pairs". */
  readonly wanted: readonly RecallableStep[];
}

/** Result of `recallSteps`: the known values, in the shape that the step itself returns. */
export interface RecallStepsResult {
  /** The end of the conversation, at most 600 characters, to show; absent in results of earlier versions. */
  readonly query?: string;
  readonly score?: ScoreUncertaintyResult;
  readonly baseAnswer?: InferResult;
  /** The leading pairs that are known. */
  readonly pairs?: readonly SynthesizeResult[];
  /** Attempts at the next pair, if all of them were unusable. */
  readonly exhausted?: readonly SynthesisAttempt[];
  /** Timing of those attempts and the unit that made them; absent in results of earlier versions. */
  readonly exhaustedTiming?: StepTiming;
  readonly adaptedAnswer?: AnswerKnown;
}

/** Looks up steps in the store before the workflow schedules any; runs as a local activity. */
export type RecallActivities = {
  recallSteps(input: RecallStepsInput): Promise<RecallStepsResult>;
};
