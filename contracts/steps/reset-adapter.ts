import type { StepTiming } from "../../domain/units/trace.js";
import type { ServerSpec } from "../../domain/config/variant.js";

/** Input of `resetAdapter`. */
export interface ResetAdapterInput {
  readonly adapterId: string;
  /** The sampler that the adapter was uploaded to. */
  readonly sampler?: ServerSpec;
}

/** Result of `resetAdapter`. */
export interface ResetAdapterResult {
  readonly timing: StepTiming;
}
