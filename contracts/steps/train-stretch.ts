import type { StepTiming } from "../../domain/units/trace.js";
import type { PreparedFineTune } from "./prepare-fine-tune.js";

/** Input of `trainStretch`. */
export interface TrainStretchInput extends PreparedFineTune {
  /** Directory in the engine's artifact folder. */
  readonly adapterId: string;
  /** Steps completed before and after. */
  readonly firstStep: number;
  readonly lastStep: number;
}

/** Result of `trainStretch`. */
export interface TrainStretchResult {
  /** Mean loss of each step's examples, nats per target token. */
  readonly losses: readonly number[];
  readonly weightHash: string;
  /** Private task queue of the worker whose engine holds the state. */
  readonly taskQueue: string;
  readonly timing: StepTiming;
}

/** Input of `findStretch`. */
export interface FindStretchInput {
  readonly adapterId: string;
}

/** Result of `findStretch`. */
export interface FindStretchResult {
  /** Step of the newest saved state on this worker's engine; 0 if there is none. */
  readonly lastStep: number;
  readonly taskQueue: string;
}
