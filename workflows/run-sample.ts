import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from "@temporalio/workflow";
import type { ChildWorkflowHandle } from "@temporalio/workflow";
import { drainSignal } from "../contracts/messages.js";
import { CPU_QUEUE, sampleWorkflowId } from "../contracts/queues-and-ids.js";
import type {
  SampleUnitsInput,
  SampleUnitsResult,
  UnitEnd,
  UnitOfSample,
} from "../contracts/sample-input.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import type { InspectSampleResult, SweepActivities } from "../contracts/steps/sweep-activities.js";
import { UNIT_PRIORITY } from "../contracts/sweep-priority.js";
import type { UnitError } from "../contracts/unit-error.js";
import { describeInterruption } from "./interruption.js";
import { LONGEST_LOOK_PAUSE } from "./run-unit.js";
import { sampleUnitsWorkflow } from "./sample-units.js";
import { toPlannedUnit } from "./units-of-sample.js";

const { inspectSample, recordInterruption } = proxyActivities<SweepActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "1m",
  retry: { maximumInterval: "10s" },
});

/** What a sample's workflow needs to know of its partition. */
export interface PartitionState {
  readonly retryFailedBefore: string | null;
  /** Whether the whole sweep is being cancelled. */
  readonly isCancelling: () => boolean;
  /** Whether no more units may start now. */
  readonly isDraining: () => boolean;
}

/**
 * Runs units of one sample in its workflow and returns how they ended and which are left. If an earlier partition left
 * the workflow running, waits for it. If only this sample was terminated or cancelled, writes a `failed` row for each
 * unit that has none. While the whole sweep is being cancelled, leaves unfinished units pending and throws the failure.
 */
export async function runSample(
  input: SampleUnitsInput,
  state: PartitionState,
): Promise<SampleUnitsResult> {
  try {
    const sample = await startSample(input);
    // A pause that came before the start did not reach it.
    if (state.isDraining()) await sample.signal(drainSignal).catch(() => undefined);
    return await sample.result();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      const recorded = await waitForOther(input, state);
      if (state.isCancelling()) throw new CancelledFailure("The sweep is being cancelled.");
      return recorded;
    }
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    if (state.isCancelling() && error.cause instanceof CancelledFailure) throw error;
    const { ended, left } = readRows(input, await inspect(input, state));
    const interruption = describeInterruption(error.cause);
    return { ended: [...ended, ...(await recordEnds(input, left, interruption))], left: [] };
  }
}

async function startSample(
  input: SampleUnitsInput,
): Promise<ChildWorkflowHandle<typeof sampleUnitsWorkflow>> {
  const { sweep, dataset, sampleKey, role, units } = input;
  const variants = [...new Set(units.map(({ variant }) => variant))];
  const seeds = [...new Set(units.map(({ seed }) => seed))];
  const [variant] = variants;
  const [seed] = seeds;
  return startChild(sampleUnitsWorkflow, {
    workflowId: sampleWorkflowId(input),
    args: [input],
    // A later start runs other units of the sample, or units whose rows are gone.
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.ABANDON,
    priority: UNIT_PRIORITY,
    staticSummary:
      `${dataset} ${sampleKey}: ${variants.join(", ")}` +
      (seeds.length === 1 ? `, seed ${seed ?? ""}` : `, ${seeds.length} seeds`),
    typedSearchAttributes: [
      { key: searchAttributes.sweep, value: sweep },
      { key: searchAttributes.variants, value: variants },
      { key: searchAttributes.dataset, value: dataset },
      { key: searchAttributes.role, value: role },
      ...(variant === undefined || variants.length > 1
        ? []
        : [{ key: searchAttributes.variant, value: variant }]),
      ...(seed === undefined || seeds.length > 1
        ? []
        : [{ key: searchAttributes.seed, value: seed }]),
    ],
  });
}

/** Waits until a sample that is already running has ended; passes on that no more units may start. */
async function waitForOther(
  input: SampleUnitsInput,
  state: PartitionState,
): Promise<SampleUnitsResult> {
  if (state.isDraining()) {
    // It may have ended meanwhile.
    const other = getExternalWorkflowHandle(sampleWorkflowId(input));
    await other.signal(drainSignal).catch(() => undefined);
  }
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_LOOK_PAUSE)) {
    const found = await inspect(input, state);
    if (!found.isRunning) return readRows(input, found);
    await sleep(`${pause}s`);
  }
}

async function inspect(
  input: SampleUnitsInput,
  { retryFailedBefore }: PartitionState,
): Promise<InspectSampleResult> {
  return inspectSample({
    workflowId: sampleWorkflowId(input),
    unitKeys: input.units.map((unit) => toPlannedUnit(input, unit).key),
    retryFailedBefore,
  });
}

/** Splits the units into those that another run has recorded and those that are left. */
function readRows(input: SampleUnitsInput, { recorded }: InspectSampleResult): SampleUnitsResult {
  const ended: UnitEnd[] = [];
  const left: UnitOfSample[] = [];
  for (const unit of input.units) {
    const { variant, seed } = unit;
    const { key } = toPlannedUnit(input, unit);
    const row = recorded.find(({ unitKey }) => unitKey === key);
    if (row === undefined) left.push(unit);
    else ended.push({ variant, seed, result: null, error: row.error });
  }
  return { ended, left };
}

/** Writes a `failed` row for units whose workflow was ended from outside. */
async function recordEnds(
  input: SampleUnitsInput,
  units: readonly UnitOfSample[],
  error: UnitError,
): Promise<UnitEnd[]> {
  const workflowId = sampleWorkflowId(input);
  return Promise.all(
    units.map(async (each) => {
      await recordInterruption({ unit: toPlannedUnit(input, each), error, workflowId });
      return { variant: each.variant, seed: each.seed, result: null, error };
    }),
  );
}
