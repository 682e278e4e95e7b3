import type { LabelledRecord } from "../../domain/methods/fine-tune.js";
import { recordsOfSteps } from "../../domain/methods/fine-tune.js";
import { createRandom, shuffle } from "../../domain/identity/random.js";
import type { StepTiming } from "../../domain/units/trace.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { GpuDependencies } from "../support/dependencies.js";
import type { PreparedFineTune } from "../cpu/fine-tune-set.js";
import { withHeartbeat } from "../support/heartbeat.js";
import { loadShownSample, sampleMissing } from "../support/step-context.js";
import { startStepTimer } from "../support/step-timer.js";

/** Input of `trainStretch`. */
export interface TrainStretchInput extends PreparedFineTune {
  /** Directory in the engine's artifact folder. */
  readonly adapterId: string;
  /** Steps done before and after. */
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
  /** Steps of the newest saved state on this worker's engine; 0: there is none. */
  readonly lastStep: number;
  readonly taskQueue: string;
}

/**
 * Trains some steps of a sweep's adapter, from the saved state before them to the next, which outlives the engine.
 * Repeating it gives the same state. Throws `ENGINE_ARTIFACT_MISSING` where this engine does not have the state.
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
    const style = getPromptStyle(plan.prompt);
    const examples = await Promise.all(
      recordsOfSteps(epochs, training.batchSize, firstStep, lastStep).map(async (record) => ({
        messages: style.answerMessages(await loadShownSample(store, { plan }, record)),
        completion: style.renderAnswer(record.calls),
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
        { signal, expectedFingerprint: plan.modelFingerprint },
      ),
    );
    const { losses, weightHash } = answer;
    return { losses, weightHash, taskQueue: privateQueue, timing: time() };
  };
}

/** Looks where a training of that name stands on this worker's engine. */
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
