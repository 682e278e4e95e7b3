import {
  condition,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import type { FineTuneActivities, PreparedFineTune } from "../contracts/steps/prepare-fine-tune.js";
import type { TrainStretchResult } from "../contracts/steps/train-stretch.js";
import type { FineTunedAdapter, FineTuneTarget } from "../domain/methods/fine-tune.js";
import { STRETCH_STEPS } from "../domain/methods/fine-tune.js";
import { failedWith, isNotTaken } from "./activity-failures.js";
import { ARTIFACT_MISSING } from "../contracts/failure-types.js";
import { privateGpuSteps, sharedGpuSteps } from "./gpu-steps.js";
import { fineTuneProgressSignal, pauseSignal, unpauseSignal } from "../contracts/messages.js";
import { CPU_QUEUE, sweepWorkflowId } from "../contracts/queues-and-ids.js";

/** Input of the workflow that trains one adapter for a whole sweep. */
export interface FineTuneInput {
  readonly sweep: string;
  readonly target: FineTuneTarget;
  readonly paused: boolean;
}

/** Maximum restarts of a training whose saved states are on no remaining host. */
const MAX_RESTARTS = 5;

const { prepareFineTune } = proxyActivities<FineTuneActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "5m",
  retry: { maximumInterval: "10s" },
});

/**
 * SFT: trains one adapter on labeled records, one segment of steps at a time. Each segment ends with a state saved on
 * the engine's disk, so a crash of the engine, worker or server costs at most one segment. A repeated segment
 * produces the same state, and a later sweep with equal training resumes from the saved state.
 */
export async function fineTuneWorkflow(input: FineTuneInput): Promise<FineTunedAdapter> {
  const { sweep, target } = input;
  let { paused } = input;
  setHandler(pauseSignal, () => {
    paused = true;
  });
  setHandler(unpauseSignal, () => {
    paused = false;
  });
  const prepared = await prepareFineTune.executeWithOptions(
    { summary: `records to train ${target.variant} on` },
    [{ sweep, target }],
  );
  const { trainingKey, totalSteps, examples, training, plan } = prepared;
  const adapterId = `sft-${trainingKey.slice(0, 16)}`;
  const losses: number[] = [];
  const root = getExternalWorkflowHandle(sweepWorkflowId(sweep));
  const show = async (done: number): Promise<void> => {
    const last = losses.at(-1);
    setCurrentDetails(
      `${target.variant} on ${examples} records, ${training.epochs} epochs, ${training.batchSize} a step: ` +
        `**${done} of ${totalSteps} steps**` +
        (last === undefined ? "" : `, loss ${(losses[0] ?? last).toFixed(3)} → ${last.toFixed(3)}`),
    );
    await root.signal(fineTuneProgressSignal, { ...target, steps: done, totalSteps });
  };

  const found = await sharedGpuSteps(plan).findStretch({ adapterId });
  let home: string | null = found.taskQueue;
  let done = Math.min(found.lastStep, totalSteps);
  for (let restarts = 0; done < totalSteps;) {
    await show(done);
    await condition(() => !paused);
    const lastStep = Math.min(done + STRETCH_STEPS, totalSteps);
    const stretch = { ...prepared, adapterId, firstStep: done, lastStep };
    try {
      const result: TrainStretchResult = await trainStretch(stretch, home);
      losses.push(...result.losses);
      home = result.taskQueue;
      done = lastStep;
    } catch (error) {
      if (isNotTaken(error) && home !== null) {
        home = null;
      } else if (failedWith(error, ARTIFACT_MISSING) && restarts < MAX_RESTARTS) {
        log.warn("no saved state on this host, training from the start", { adapterId, restarts });
        restarts += 1;
        losses.length = 0;
        done = 0;
      } else {
        throw error;
      }
    }
  }
  await show(done);
  return { ...target, adapterId, trainingKey };

  /** Trains on the worker whose engine has the state, or on any worker if that one is gone. */
  function trainStretch(
    stretch: PreparedFineTune & {
      readonly adapterId: string;
      readonly firstStep: number;
      readonly lastStep: number;
    },
    queue: string | null,
  ): Promise<TrainStretchResult> {
    const steps = queue === null ? sharedGpuSteps(plan) : privateGpuSteps(plan, queue);
    return steps.trainStretch.executeWithOptions(
      { summary: `steps ${stretch.firstStep} to ${stretch.lastStep} of ${totalSteps}` },
      [stretch],
    );
  }
}
