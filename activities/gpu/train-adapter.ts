import { join } from "node:path";
import { cancelled } from "@temporalio/activity";
import type { Sample } from "../../domain/samples/sample.js";
import { stepKey } from "../../domain/identity/step-key.js";
import type { TrainingTrace } from "../../domain/units/trace.js";
import type { Store } from "../../store/store.js";
import { exportAdapter } from "../../sampler/peft-directory.js";
import type { SweepPlan } from "../../contracts/sweep-plan.js";
import type { Adaptations } from "../support/adaptations.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import type { SharedSteps } from "../support/shared-steps.js";
import type { StepContext } from "../support/step-context.js";
import { loadShownSample, loadStepContext } from "../support/step-context.js";
import { answerKey, trainingKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import type { StoredAnswer } from "../support/step-values.js";
import type { TrainAdapterInput, TrainAdapterResult } from "../../contracts/steps/train-adapter.js";

/** TTL in seconds for adapters whose workflow was terminated before it dropped them. */
const TIME_TO_LIVE_SECONDS = 900;

/**
 * T (section 3.3, App. G.3): trains a temporary LoRA adapter on the synthetic pairs. The weights are a function of base
 * model, pairs, hyperparameters and seed, so repeating the call gives the same adapter. If another unit in this
 * process is computing the same answer, waits for it.
 */
export function createTrainAdapter(
  dependencies: GpuDependencies,
  steps: SharedSteps,
  adaptations: Adaptations,
): (input: TrainAdapterInput) => Promise<TrainAdapterResult> {
  const { store, worker, privateQueue } = dependencies;
  return async (input) => {
    const time = startStepTimer("trainAdapter", worker);
    const context = await loadStepContext(store, input);
    const samples = await loadPairSamples(store, input, context);
    const key = trainingKey(context, { pairs: input.pairs, samples }, input.training);
    const wanted = answerKey(context, input.inference, { trainingKey: key });
    // The unit is part of the id, so that no other unit can drop this adapter.
    const adapterId = `${input.unit.sampleKey}-${stepKey("adapter", { unit: input.unit.key, key }).slice(0, 12)}`;
    for (;;) {
      const other = adaptations.begin(wanted, adapterId);
      if (other === null) break;
      await withHeartbeat("waiting for an equal adaptation", () =>
        Promise.race([other.over, cancelled()]),
      );
    }
    try {
      const known = await steps.find<StoredAnswer>(wanted, input.unit.key);
      if (known?.value.training) {
        adaptations.end(adapterId);
        const { answer, training } = known.value;
        // A value that this unit stored before a crash has no other origin, but nothing was computed now.
        const timing = time(known.reusedFrom ?? input.unit.key);
        return { kind: "answer-known", answer, training, timing };
      }
      const training = await train(dependencies, context, input, adapterId, samples);
      await handOver(dependencies, input.plan, adapterId);
      adaptations.await(adapterId, input.plan.privateQueueTimeoutSeconds);
      return {
        kind: "trained",
        handle: { adapterId, trainingKey: key },
        taskQueue: privateQueue,
        training,
        timing: time(),
      };
    } catch (error) {
      adaptations.end(adapterId);
      throw error;
    }
  };
}

/** Uploads the adapter as a PEFT directory to the sweep's sampler, unless the engine answers. */
export async function handOver(
  { engine, texts, adapterDirectory }: GpuDependencies,
  { sampler }: SweepPlan,
  adapterId: string,
): Promise<void> {
  if (sampler === undefined) return;
  const directory = join(adapterDirectory, adapterId);
  await withHeartbeat("handing over the adapter", async (signal) => {
    await exportAdapter(engine, adapterId, directory, { signal });
    await texts.server(sampler).loadAdapter(adapterId, directory, { signal });
  });
}

/** Loads the sample whose tools each pair uses: the unit's own, or the one named in the pair's `from`. */
export async function loadPairSamples(
  store: Store,
  { plan, pairs }: Pick<TrainAdapterInput, "plan" | "pairs">,
  { sample }: StepContext,
): Promise<Sample[]> {
  return Promise.all(
    pairs.map(async ({ from }) =>
      from === undefined ? sample : loadShownSample(store, { plan }, from),
    ),
  );
}

/** Trains an adapter with this id and leaves it live. */
export async function train(
  { engine }: GpuDependencies,
  { style, seedOf, sample: own }: StepContext,
  { plan, pairs, training }: Pick<TrainAdapterInput, "plan" | "pairs" | "training">,
  adapterId: string,
  samples: readonly Sample[],
): Promise<TrainingTrace> {
  const seed = seedOf("train");
  const response = await withHeartbeat("training", (signal) =>
    engine.trainAdapter(
      {
        id: adapterId,
        examples: pairs.map((pair, index) => ({
          ...style.answerPrompt(style.pairSample(samples[index] ?? own, pair)),
          completion: style.format.render(pair.output),
        })),
        rank: training.rank,
        alpha: training.alpha,
        learningRate: training.learningRate,
        epochs: training.epochs,
        warmupRatio: training.warmupRatio,
        schedule: training.schedule,
        seed,
        scope: training.scope,
        ttlSeconds: TIME_TO_LIVE_SECONDS,
      },
      { signal, ...expectedEngine(plan) },
    ),
  );
  const { losses, weightHash, computeMs } = response;
  return { adapterId, seed, losses, trainMs: computeMs, weightHash, retrained: 0 };
}
