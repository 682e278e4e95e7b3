import { ApplicationFailure, CancellationScope, log } from "@temporalio/workflow";
import type { TrainAdapterResult, TrainedAdapter } from "../../contracts/steps/train-adapter.js";
import type { AnswerTrace, SyntheticPair } from "../../domain/units/trace.js";
import { failedWith, isNotTaken } from "../activity-failures.js";
import {
  ADAPTER_LOST,
  ADAPTER_LOST_TOO_OFTEN,
  SAMPLER_ADAPTER_LOST,
} from "../../contracts/failure-types.js";
import { privateGpuSteps, sharedGpuSteps } from "../gpu-steps.js";
import { followUp, ON_ADAPTER } from "../step-priority.js";
import type { UnitRun } from "../unit-run.js";

/** Maximum retrainings of a sample whose adapter was lost with its worker or engine. */
const MAX_RETRAININGS = 5;

/**
 * T, I and reset: trains an adapter on the pairs, answers with it on the worker that holds it, and drops it. An
 * adapter that is lost with its worker or engine is retrained from the same seed, which gives the same adapter.
 * Throws `ADAPTER_LOST_TOO_OFTEN` after `MAX_RETRAININGS` retrainings.
 */
export async function answerWithAdapter(
  run: UnitRun,
  pairs: readonly SyntheticPair[],
): Promise<AnswerTrace> {
  const known = run.recalled.adaptedAnswer;
  if (known) {
    run.note({ training: known.training, answer: known.answer }, known.timing);
    return known.answer;
  }
  for (let retrained = 0; retrained <= MAX_RETRAININGS; retrained += 1) {
    const result = await trainAdapter(run, pairs, retrained);
    if (result.kind === "answer-known") return result.answer;
    const answer = await inferAndReset(run, result);
    if (answer !== null) return answer;
    log.warn("adapter lost, training again", { taskQueue: result.taskQueue, retrained });
  }
  throw ApplicationFailure.nonRetryable(
    `The adapter was lost ${MAX_RETRAININGS + 1} times before it could answer.`,
    ADAPTER_LOST_TOO_OFTEN,
  );
}

async function trainAdapter(
  run: UnitRun,
  pairs: readonly SyntheticPair[],
  retrained: number,
): Promise<TrainAdapterResult> {
  const { unit, variant, plan } = run.input;
  // How the pairs were chosen does not affect how they are trained on.
  const training = { ...variant.training, adaptive: false };
  const { rank, epochs } = training;
  const again = retrained === 0 ? "" : `, again (${retrained})`;
  const result = await sharedGpuSteps(plan).trainAdapter.executeWithOptions(
    {
      summary: run.label(
        `train LoRA r${rank}, ${epochs * pairs.length} steps, seed ${unit.seed}${again}`,
      ),
      ...followUp(run, "trainAdapter"),
    },
    [{ unit, plan, training, inference: variant.inference, pairs }],
  );
  const trained = { ...result.training, retrained };
  if (result.kind === "answer-known") {
    run.note({ training: trained, answer: result.answer }, result.timing);
  } else {
    run.note({ training: trained }, result.timing);
  }
  return result;
}

/** Returns the answer, or null if the adapter is lost. */
async function inferAndReset(run: UnitRun, adapter: TrainedAdapter): Promise<AnswerTrace | null> {
  const { unit, variant, plan } = run.input;
  const steps = privateGpuSteps(plan, adapter.taskQueue);
  const { adapterId, trainingKey } = adapter.handle;
  let lost = false;
  try {
    const { answer, timing } = await steps.infer.executeWithOptions(
      { summary: run.label(`answer with adapter ${adapterId}`), priority: ON_ADAPTER },
      [
        {
          unit,
          plan,
          inference: variant.inference,
          adapter: { adapterId, trainingKey, training: adapter.training },
        },
      ],
    );
    run.note({ answer }, timing);
    return answer;
  } catch (error) {
    lost = isNotTaken(error) || failedWith(error, ADAPTER_LOST, SAMPLER_ADAPTER_LOST);
    if (!lost) throw error;
    return null;
  } finally {
    // If the worker is gone, there is nothing to drop; the adapter's TTL covers the other cases.
    if (!lost) await CancellationScope.nonCancellable(() => reset(run, adapter));
  }
}

async function reset(run: UnitRun, adapter: TrainedAdapter): Promise<void> {
  const { plan } = run.input;
  try {
    const steps = privateGpuSteps(plan, adapter.taskQueue);
    const { timing } = await steps.resetAdapter.executeWithOptions(
      {
        summary: run.label(`drop adapter ${adapter.handle.adapterId}`),
        startToCloseTimeout: "30s",
        retry: { maximumAttempts: 3 },
        priority: ON_ADAPTER,
      },
      [
        {
          adapterId: adapter.handle.adapterId,
          ...(plan.sampler ? { sampler: plan.sampler } : {}),
        },
      ],
    );
    run.note({}, timing);
  } catch (error) {
    // The adapter is gone with its engine or worker, or its TTL will remove it.
    log.warn("adapter not dropped", { adapterId: adapter.handle.adapterId, reason: String(error) });
  }
}
