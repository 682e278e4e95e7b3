import type {
  AnswerTrace,
  StepTiming,
  SyntheticPair,
  TrainingTrace,
} from "../../domain/units/trace.js";
import type { InferenceSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";
import type { AdapterHandle } from "./train-adapter.js";

/** Input of `infer`; without an adapter the base model answers. */
export interface InferInput extends StepInput {
  readonly inference: InferenceSpec;
  /**
   * The adapter that answers: a live one, with its training trace to store with the answer, or a sweep's, which
   * is loaded from the engine's artifact folder if it is not live.
   */
  readonly adapter?: AdapterHandle &
    ({ readonly training: TrainingTrace } | { readonly directory: string });
  /** Name that the answer's first call must have. */
  readonly forcedName?: string;
  /** Examples before the query (in-context learning). */
  readonly examples?: readonly SyntheticPair[];
}

/** Result of `infer`. */
export interface InferResult {
  readonly answer: AnswerTrace;
  readonly timing: StepTiming;
}
