import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { StepTiming } from "../../domain/units/trace.js";
import type { ServerSpec } from "../../domain/config/variant.js";
import type { Adaptations } from "../support/adaptations.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { startStepTimer } from "../support/step-timer.js";

/** Input of `resetAdapter`. */
export interface ResetAdapterInput {
  readonly adapterId: string;
  /** Where the adapter was handed over to. */
  readonly sampler?: ServerSpec;
}

/** Result of `resetAdapter`. */
export interface ResetAdapterResult {
  readonly timing: StepTiming;
}

/** Reset: drops the adapter, so that the base weights serve the next sample. Idempotent. */
export function createResetAdapter(
  { engine, texts, adapterDirectory, worker }: GpuDependencies,
  adaptations: Adaptations,
): (input: ResetAdapterInput) => Promise<ResetAdapterResult> {
  return async ({ adapterId, sampler }) => {
    const time = startStepTimer("resetAdapter", worker);
    // Its unit was cancelled before the answer: there will be none.
    adaptations.end(adapterId);
    if (sampler) {
      await texts.server(sampler).unloadAdapter(adapterId);
      await rm(join(adapterDirectory, adapterId), { recursive: true, force: true });
    }
    await engine.deleteAdapter(adapterId);
    return { timing: time() };
  };
}
