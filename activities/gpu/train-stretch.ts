import type { LabelledRecord } from "../../domain/methods/fine-tune.js";
import { recordsOfSteps } from "../../domain/methods/fine-tune.js";
import { createRandom, shuffle } from "../../domain/identity/random.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import { loadShownSample, sampleMissing } from "../support/step-context.js";
import { startStepTimer } from "../support/step-timer.js";
import type {
  TrainStretchInput,
  TrainStretchResult,
  FindStretchInput,
  FindStretchResult,
} from "../../contracts/steps/train-stretch.js";

/**
 * Trains one segment of a sweep's adapter, from one saved state to the next; saved states survive an engine restart.
 * Repeating it gives the same state. Throws `ENGINE_ARTIFACT_MISSING` if this engine does not have the first state.
 */
export function createTrainStretch({
  store,
  engine,
  worker,
  privateQueue,
}: GpuDependencies): (input: TrainStretchInput) => Promise<TrainStretchResult> {
  return async (input) => {
    const time = startStepTimer("trainAdapter", worker);
    const { plan, training, seed, trainingKey, firstStep, lastStep } = input;
    const stored = await store.getStep(trainingKey);
    if (stored === null) throw sampleMissing("the training set", trainingKey.slice(0, 12));
    const records = stored.value as unknown as readonly LabelledRecord[];
    const epochs = Array.from({ length: training.epochs }, (_, epoch) =>
      shuffle(records, createRandom(`epoch/${seed}/${epoch}`)),
    );
    const style = getPromptStyle(plan.prompt, plan.format);
    const examples = await Promise.all(
      recordsOfSteps(epochs, training.batchSize, firstStep, lastStep).map(async (record) => ({
        ...style.answerPrompt(await loadShownSample(store, { plan }, record)),
        completion: style.format.render(record.calls),
      })),
    );
    const answer = await withHeartbeat(`training steps ${firstStep} to ${lastStep}`, (signal) =>
      engine.trainStretch(
        {
          directory: input.adapterId,
          examples,
          batchSize: training.batchSize,
          firstStep,
          totalSteps: input.totalSteps,
          rank: training.rank,
          alpha: training.alpha,
          learningRate: training.learningRate,
          warmupRatio: training.warmupRatio,
          schedule: training.schedule,
          seed,
          scope: training.scope,
        },
        { signal, ...expectedEngine(plan) },
      ),
    );
    const { losses, weightHash } = answer;
    return { losses, weightHash, taskQueue: privateQueue, timing: time() };
  };
}

/** Finds the newest saved state of this training on this worker's engine. */
export function createFindStretch({
  engine,
  privateQueue,
}: GpuDependencies): (input: FindStretchInput) => Promise<FindStretchResult> {
  return async ({ adapterId }) => {
    const { lastStep } = await withHeartbeat("looking for a saved state", (signal) =>
      engine.findStretch(adapterId, { signal }),
    );
    return { lastStep, taskQueue: privateQueue };
  };
}
