import { stepKey } from "../../domain/identity/step-key.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import { scorePair } from "../support/judge-pair.js";
import type { SharedSteps } from "../support/shared-steps.js";
import { loadStepContext } from "../support/step-context.js";
import { heldBackKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import { loadPairSamples, train } from "./train-adapter.js";
import type {
  MeasureHeldBackInput,
  MeasureHeldBackResult,
} from "../../contracts/steps/measure-held-back.js";

/**
 * Measures how well an adapter trained on some pairs predicts a held-out pair of the same sample; adaptive K stops by
 * this loss. Drops the adapter afterward.
 */
export function createMeasureHeldBack(
  dependencies: GpuDependencies,
  steps: SharedSteps,
): (input: MeasureHeldBackInput) => Promise<MeasureHeldBackResult> {
  const { store, engine, worker } = dependencies;
  return async (input) => {
    const time = startStepTimer("measureHeldBack", worker);
    const { unit, plan, pairs, training, heldBack } = input;
    const context = await loadStepContext(store, input);
    const samples = await loadPairSamples(store, input, context);
    const key = heldBackKey(context, { pairs, samples }, training, heldBack);
    const measured = await steps.getOrCompute<number>(
      { key, kind: "score", unitKey: unit.key },
      () =>
        withHeartbeat("measuring the held-out pair", async (signal) => {
          const options = { signal, ...expectedEngine(plan) };
          if (pairs.length === 0) return -(await scorePair(engine, context, heldBack, options));
          const adapterId = `${unit.sampleKey}-${stepKey("held-back", { unit: unit.key, key }).slice(0, 12)}`;
          await train(dependencies, context, input, adapterId, samples);
          try {
            return -(await scorePair(engine, context, heldBack, { ...options, adapterId }));
          } finally {
            await engine.deleteAdapter(adapterId).catch(() => undefined);
          }
        }),
    );
    return { loss: measured.value, timing: time(measured.reusedFrom) };
  };
}
