import type { StepTiming, SyntheticPair } from "../../domain/units/trace.js";
import type { TrainingSpec } from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `measureHeldBack`. */
export interface MeasureHeldBackInput extends StepInput {
  readonly training: TrainingSpec;
  /** Pairs to train on; if empty, the base model is measured. */
  readonly pairs: readonly SyntheticPair[];
  readonly heldBack: SyntheticPair;
}

/** Result of `measureHeldBack`. */
export interface MeasureHeldBackResult {
  /** Mean loss per token of the held-out pair's answer, nats. */
  readonly loss: number;
  readonly timing: StepTiming;
}
