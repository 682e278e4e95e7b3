import {
  CancellationScope,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { SweepActivities } from "../contracts/steps/sweep-activities.js";
import type { FineTunedAdapter, FineTuneTarget } from "../domain/methods/fine-tune.js";
import type { UnitRole } from "../domain/units/unit.js";
import { fineTuneWorkflow } from "./fine-tune.js";
import type { FineTuneProgress, PartitionReport, SweepProgress } from "../contracts/messages.js";
import {
  fineTuneProgressSignal,
  partitionReportSignal,
  pauseSignal,
  progressQuery,
  setConcurrencySignal,
  stopSignal,
  unpauseSignal,
} from "../contracts/messages.js";
import { partitionWorkflow } from "./partition.js";
import { emptyReport } from "./unit-counts.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import { UNIT_PRIORITY } from "../contracts/sweep-priority.js";
import { findStopReason, hasFirstAnswers } from "./stop-rules.js";
import { CPU_QUEUE, fineTuneWorkflowId, partitionWorkflowId } from "../contracts/queues-and-ids.js";
import type { SweepInput, SweepResult } from "../contracts/sweep-input.js";

/** Marks histories in which a cancel reaches children that have continued as new. */
const CANCELS_LATER_RUNS = "cancels-later-runs";

const { openSweep, chooseThresholds, checkAnswers, closeSweep } = proxyActivities<SweepActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "5m",
  retry: { maximumInterval: "10s" },
});

/**
 * Runs every pending unit of a sweep: first the calibration units, which determine thresholds if `tau` is "auto", then
 * the training of adapters that answer all samples of a variant (sft), then the reported units. The partitions of a
 * phase run in parallel. Ends early by the stop rules.
 */
export async function sweepWorkflow(input: SweepInput): Promise<SweepResult> {
  const { sweep, run } = input;
  const retryFailedBefore = input.retryFailed ? workflowInfo().startTime.toISOString() : null;
  let { concurrency } = run;
  let phase: SweepProgress["phase"] = "calibration";
  let paused = false;
  let stopReason: string | null = null;
  let planned = 0;
  const fineTunes = new Map<string, FineTuneProgress>();
  let fineTuned: readonly FineTunedAdapter[] = [];
  const active = new Set<string>();
  // If the setting is off, the base model's answers are not checked.
  let areAnswersKnown = run.stopOnUnreadable === false;
  let checking: Promise<void> = Promise.resolve();
  const reports = new Map<string, PartitionReport>();

  /** Whether partitions of a later phase need to report failures only. */
  const isInformed = (): boolean =>
    areAnswersKnown && [...reports.values()].some(({ answered }) => answered > 0);
  const failures = (): number =>
    [...reports.values()].reduce((sum, report) => sum + report.failed, 0);
  const share = (): number => Math.max(1, Math.ceil(concurrency / Math.max(1, active.size)));
  const show = (): void => {
    setCurrentDetails(
      `${sweep}: ${phase}, ${concurrency} in flight at most${paused ? ", paused" : ""}, ${failures()} failed` +
        (stopReason === null ? "" : `\n\n**stopped:** ${stopReason}`),
    );
  };
  const tellPartitions = async (
    tell: (partition: ReturnType<typeof getExternalWorkflowHandle>) => Promise<void>,
  ): Promise<void> => {
    // A partition that has just ended needs no message.
    await Promise.allSettled([...active].map((id) => tell(getExternalWorkflowHandle(id))));
  };

  setHandler(progressQuery, () => ({
    phase,
    paused,
    concurrency,
    failures: failures(),
    fineTunes: [...fineTunes.values()],
    stopReason,
  }));
  setHandler(fineTuneProgressSignal, (progress) => {
    fineTunes.set(fineTuneWorkflowId(sweep, progress), progress);
  });
  setHandler(pauseSignal, async () => {
    paused = true;
    show();
    await tellPartitions((partition) => partition.signal(pauseSignal));
  });
  setHandler(unpauseSignal, async () => {
    paused = false;
    show();
    await tellPartitions((partition) => partition.signal(unpauseSignal));
  });
  setHandler(setConcurrencySignal, async (value) => {
    if (!Number.isSafeInteger(value) || value < 1) return;
    concurrency = value;
    show();
    await tellPartitions((partition) => partition.signal(setConcurrencySignal, share()));
  });
  setHandler(partitionReportSignal, async (report) => {
    reports.set(`${phase}/${report.partition}`, report);
    show();
    const reason = findStopReason([...reports.values()], planned, run);
    if (reason !== null) await stop(reason);
    checking = checking.then(lookAtAnswers);
    await checking;
  });

  async function stop(reason: string): Promise<void> {
    if (stopReason !== null) return;
    stopReason = reason;
    show();
    await tellPartitions((partition) => partition.signal(stopSignal, reason));
  }

  /** Checks in the store, once there are enough, whether the base model's first answers can be read. */
  async function lookAtAnswers(): Promise<void> {
    if (areAnswersKnown || isStopped() || !hasFirstAnswers([...reports.values()])) return;
    try {
      const { isKnown, reason } = await checkAnswers({ sweep });
      areAnswersKnown = isKnown;
      if (reason !== null) await stop(reason);
    } catch (error) {
      // On a cancel, the sweep itself closes in order.
      if (!isCancellation(error)) throw error;
    }
  }

  async function runPhase(role: UnitRole, partitions: readonly number[]): Promise<void> {
    phase = role;
    show();
    const ids = partitions.map((partition) => partitionWorkflowId(sweep, role, partition));
    ids.forEach((id) => active.add(id));
    const concurrencyEach = share();
    await Promise.all(
      partitions.map(async (partition) => {
        const workflowId = partitionWorkflowId(sweep, role, partition);
        try {
          const report = await executeChild(partitionWorkflow, {
            workflowId,
            args: [
              {
                sweep,
                phase: role,
                partition,
                partitions: run.partitions,
                concurrency: concurrencyEach,
                paused,
                recordOn: input.recordOn,
                ...(input.workflowPer && { workflowPer: input.workflowPer }),
                retryFailedBefore,
                fineTuned,
                ...(isInformed() && { isRootInformed: true }),
                soFar: emptyReport(partition),
              },
            ],
            staticSummary: `${role} units of ${sweep}, partition ${partition + 1} of ${run.partitions}`,
            typedSearchAttributes: [{ key: searchAttributes.sweep, value: sweep }],
          });
          reports.set(`${role}/${partition}`, report);
        } finally {
          active.delete(workflowId);
        }
        // The other partitions may use this partition's share of the concurrency.
        await tellPartitions((other) => other.signal(setConcurrencySignal, share()));
      }),
    );
    await checking;
  }

  /** Trains the adapters that answer all samples of a variant, in parallel. */
  async function fineTune(targets: readonly FineTuneTarget[]): Promise<FineTunedAdapter[]> {
    if (targets.length === 0) return [];
    phase = "fine-tuning";
    show();
    return Promise.all(
      targets.map(async (target) => {
        const workflowId = fineTuneWorkflowId(sweep, target);
        active.add(workflowId);
        try {
          return await executeChild(fineTuneWorkflow, {
            workflowId,
            args: [{ sweep, target, paused }],
            priority: UNIT_PRIORITY,
            staticSummary: `train ${target.variant} for ${target.dataset}, seed ${target.seed}`,
            typedSearchAttributes: [
              { key: searchAttributes.sweep, value: sweep },
              { key: searchAttributes.variant, value: target.variant },
              { key: searchAttributes.dataset, value: target.dataset },
              { key: searchAttributes.seed, value: target.seed },
            ],
          });
        } finally {
          active.delete(workflowId);
        }
      }),
    );
  }

  async function runAll(): Promise<void> {
    for (let pendingBefore = Infinity; stopReason === null;) {
      const opened = await openSweep({ sweep, partitions: run.partitions, retryFailedBefore });
      if (opened.pending === 0) return;
      // A plan may grow while it runs. Stop if a pass makes no progress.
      if (opened.pending >= pendingBefore) {
        stopReason = `${opened.pending} units ended without a result.`;
        return;
      }
      pendingBefore = opened.pending;
      planned = opened.pending;
      // A sweep that stopped for this reason stops again until its answers or the setting change.
      if (!areAnswersKnown && opened.answers) {
        areAnswersKnown = opened.answers.isKnown;
        stopReason = opened.answers.reason;
        if (isStopped()) return;
      }
      if (opened.calibration.length > 0) await runPhase("calibration", opened.calibration);
      if (isStopped()) return;
      if (opened.calibrates) await chooseThresholds({ sweep });
      fineTuned = await fineTune(opened.fineTunes);
      await runPhase("report", opened.report);
    }
  }

  // A function, because a signal may set it while the caller waits.
  const isStopped = (): boolean => stopReason !== null;

  // A cancel of a child addresses its first run, which has ended if the child continued as new.
  void CancellationScope.current().cancelRequested.catch(() =>
    CancellationScope.nonCancellable(async () => {
      if (patched(CANCELS_LATER_RUNS)) await tellPartitions((partition) => partition.cancel());
    }),
  );

  try {
    await runAll();
    phase = "closing";
    show();
    const status = isStopped() ? "stopped" : "finished";
    const { pending, failed } = await closeSweep({ sweep, status, reason: stopReason });
    return { status, reason: stopReason, pending, failed };
  } catch (error) {
    const cancelled = isCancellation(error);
    await CancellationScope.nonCancellable(() =>
      closeSweep({
        sweep,
        status: cancelled ? "cancelled" : "stopped",
        reason: cancelled ? null : describeStop(error),
      }),
    );
    throw error;
  }
}

function describeStop(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) ({ cause } = cause);
  return cause instanceof Error ? cause.message : String(cause);
}
