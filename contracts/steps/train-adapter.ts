import type {
  AnswerTrace,
  StepTiming,
  SyntheticPair,
  TrainingTrace,
} from "../../domain/units/trace.js";
import type { InferenceSpec, TrainingSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `trainAdapter`. */
export interface TrainAdapterInput extends StepInput {
  readonly training: TrainingSpec;
  /** How the adapter will answer; needed to look up an answer that is already known. */
  readonly inference: InferenceSpec;
  readonly pairs: readonly SyntheticPair[];
}

/** Identifies a live adapter. */
export interface AdapterHandle {
  readonly adapterId: string;
  /** Key of its weights; equal for equal training. */
  readonly trainingKey: string;
}

/** An adapter was trained and is live on the worker that serves `taskQueue`. */
export interface TrainedAdapter {
  readonly kind: "trained";
  readonly handle: AdapterHandle;
  /** Private task queue of the worker whose engine holds it. */
  readonly taskQueue: string;
  readonly training: TrainingTrace;
  readonly timing: StepTiming;
}

/** Another unit trained the same adapter and stored the same answer, so nothing was trained. */
export interface AnswerKnown {
  readonly kind: "answer-known";
  readonly answer: AnswerTrace;
  readonly training: TrainingTrace;
  readonly timing: StepTiming;
}

/** Result of `trainAdapter`. */
export type TrainAdapterResult = TrainedAdapter | AnswerKnown;
