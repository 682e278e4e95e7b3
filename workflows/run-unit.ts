import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  WorkflowIdReusePolicy,
} from "@temporalio/workflow";
import type { SweepActivities } from "../contracts/steps/sweep-activities.js";
import { UNIT_PRIORITY } from "../contracts/sweep-priority.js";
import type { UnitError } from "../contracts/unit-error.js";
import { describeError } from "./describe-error.js";
import { describeInterruption } from "./interruption.js";
import { sampleWorkflow } from "./sample.js";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import { CPU_QUEUE } from "../contracts/queues-and-ids.js";
import type { CountedEnd } from "./unit-counts.js";

const { inspectUnit, recordInterruption } = proxyActivities<SweepActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "1m",
  retry: { maximumInterval: "10s" },
});

/** Longest pause in seconds between two polls of what another workflow started. */
export const LONGEST_LOOK_PAUSE = 15;

/**
 * Runs one unit to completion and returns how it ended. If an earlier partition left the unit running, waits for it.
 * If only this unit was terminated or cancelled, writes a `failed` row, so that every listed unit ends with a row.
 * While the whole sweep `isCancelling`, leaves an unfinished unit pending and throws the failure.
 */
export async function runUnit(
  input: SampleInput,
  isCancelling: () => boolean,
): Promise<CountedEnd> {
  let reusePolicy: WorkflowIdReusePolicy = WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY;
  for (;;) {
    try {
      return { error: null, result: await startUnit(input, reusePolicy) };
    } catch (error) {
      if (error instanceof ChildWorkflowFailure) {
        if (isCancelling() && error.cause instanceof CancelledFailure) throw error;
        return { error: await describeEnd(input, error), result: null };
      }
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { state, error: failure } = await waitForOther(input);
      if (state === "recorded") return { error: failure, result: null };
      if (isCancelling()) throw new CancelledFailure("The sweep is being cancelled.");
      // The workflow closed without a row: its result was lost with the store, so run it again.
      reusePolicy = WorkflowIdReusePolicy.ALLOW_DUPLICATE;
    }
  }
}

async function startUnit(
  input: SampleInput,
  workflowIdReusePolicy: WorkflowIdReusePolicy,
): Promise<SampleResult> {
  const { unit, variant } = input;
  return executeChild(sampleWorkflow, {
    workflowId: unit.key,
    args: [input],
    workflowIdReusePolicy,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.ABANDON,
    priority: UNIT_PRIORITY,
    staticSummary: `${variant.name} on ${unit.dataset} ${unit.sampleKey}, seed ${unit.seed}`,
    typedSearchAttributes: [
      { key: searchAttributes.sweep, value: unit.sweep },
      { key: searchAttributes.variant, value: variant.name },
      { key: searchAttributes.dataset, value: unit.dataset },
      { key: searchAttributes.role, value: unit.role },
      { key: searchAttributes.seed, value: unit.seed },
    ],
  });
}

/** Waits until a unit that is already running has ended. */
async function waitForOther(
  input: SampleInput,
): Promise<{ state: "recorded" | "closed"; error: UnitError | null }> {
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_LOOK_PAUSE)) {
    const { state, error } = await inspectUnit({ unitKey: input.unit.key });
    if (state !== "running") return { state, error };
    await sleep(`${pause}s`);
  }
}

async function describeEnd(input: SampleInput, failure: ChildWorkflowFailure): Promise<UnitError> {
  // The sample workflow throws only after it has written its `failed` row.
  if (failure.cause instanceof ApplicationFailure) return describeError(failure);
  const error = describeInterruption(failure.cause);
  await recordInterruption({ unit: input.unit, error });
  return error;
}
