import type { StepTiming } from "../domain/trace.js";
import type { GpuDependencies } from "./dependencies.js";
import { startStepTimer } from "./step-timer.js";

/** Input of `resetAdapter`. */
export interface ResetAdapterInput {
  readonly adapterId: string;
}

/** Result of `resetAdapter`. */
export interface ResetAdapterResult {
  readonly timing: StepTiming;
}

/** Reset: drops the adapter, so that the base weights serve the next sample. Idempotent. */
export function createResetAdapter({
  engine,
  worker,
}: GpuDependencies): (input: ResetAdapterInput) => Promise<ResetAdapterResult> {
  return async ({ adapterId }) => {
    const time = startStepTimer("resetAdapter", worker);
    await engine.deleteAdapter(adapterId);
    return { timing: time() };
  };
}
