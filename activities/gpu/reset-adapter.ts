import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Adaptations } from "../support/adaptations.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { startStepTimer } from "../support/step-timer.js";
import type { ResetAdapterInput, ResetAdapterResult } from "../../contracts/steps/reset-adapter.js";

/** Reset: drops the adapter, so that the next sample starts from the base weights. Idempotent. */
export function createResetAdapter(
  { engine, texts, adapterDirectory, worker }: GpuDependencies,
  adaptations: Adaptations,
): (input: ResetAdapterInput) => Promise<ResetAdapterResult> {
  return async ({ adapterId, sampler }) => {
    const time = startStepTimer("resetAdapter", worker);
    // If the unit was cancelled before it answered, no answer will come.
    adaptations.end(adapterId);
    if (sampler) {
      await texts.server(sampler).unloadAdapter(adapterId);
      await rm(join(adapterDirectory, adapterId), { recursive: true, force: true });
    }
    await engine.deleteAdapter(adapterId);
    return { timing: time() };
  };
}
