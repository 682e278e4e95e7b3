import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  makeContinueAsNewFunc,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ListUnitsResult } from "../contracts/steps/list-units.js";
import type { SweepActivities } from "../contracts/steps/sweep-activities.js";
import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import type { PlanPlace } from "../domain/units/plan-place.js";
import type { PlannedUnit, UnitRole } from "../domain/units/unit.js";
import {
  drainSignal,
  partitionReportSignal,
  pauseSignal,
  setConcurrencySignal,
  stopSignal,
  unitEndedSignal,
  unpauseSignal,
} from "../contracts/messages.js";
import type { PartitionReport } from "../contracts/messages.js";
import { isWorthReporting, isWorthReportingLast, wasWorthReporting } from "./report-rules.js";
import { runSample } from "./run-sample.js";
import { runUnit } from "./run-unit.js";
import type { RecordPlace } from "../contracts/sweep-plan.js";
import type { SampleInput } from "../contracts/sample-input.js";
import { isHopeless } from "./stop-rules.js";
import { CPU_QUEUE, sampleWorkflowId, sweepWorkflowId } from "../contracts/queues-and-ids.js";
import type { CountedEnd } from "./unit-counts.js";
import { knowsFirstAnswers, UnitCounts } from "./unit-counts.js";
import type { SampleUnits } from "./units-of-sample.js";
import { groupBySample, toPlannedUnit } from "./units-of-sample.js";

/** Input of one partition of a sweep's phase. */
export interface PartitionInput {
  readonly sweep: string;
  readonly phase: UnitRole;
  /** Index of this partition, from 0, and the number of partitions. */
  readonly partition: number;
  readonly partitions: number;
  /** Maximum units in flight. */
  readonly concurrency: number;
  readonly paused: boolean;
  readonly recordOn: RecordPlace;
  /** What has a workflow of its own; absent in sweeps that earlier versions started: each unit. */
  readonly workflowPer?: "sample";
  /** Also run units whose `failed` row started before this time (ISO 8601). */
  readonly retryFailedBefore: string | null;
  /** The sweep's adapters that answer all samples of a variant. */
  readonly fineTuned: readonly FineTunedAdapter[];
  /** The root has seen answers in an earlier phase and checked the base model's first ones; absent: it has not. */
  readonly isRootInformed?: boolean;
  /** Where the units of earlier runs ended, after continue-as-new. */
  readonly after?: PlanPlace;
  /** Counts of earlier runs, after continue-as-new. */
  readonly soFar: PartitionReport;
}

/** What a partition starts one workflow for: a sample, or one unit in sweeps of earlier versions. */
interface Job {
  readonly workflowId: string;
  /** Starts it; takes up to `free` slots of the concurrency, at least one. */
  readonly start: (free: number) => { readonly slots: number; readonly ended: Promise<void> };
}

/** Units per page: at 8 events each, a page stays below 4,096 events, at which histories become slow. */
const PAGE_SIZE = 300;

/** Marks histories of partitions that report rarely. */
const REPORTS_RARELY = "reports-rarely";

const { listUnits } = proxyActivities<SweepActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "2m",
  retry: { maximumInterval: "10s" },
});

/**
 * Runs the pending units of one partition, a bounded number at a time: takes a page of them from the store, starts a
 * workflow for each sample, waits until all have ended, and continues as new between pages. A sample runs its units one
 * after the other, and several side by side if there are fewer samples than units may be in flight.
 */
export async function partitionWorkflow(input: PartitionInput): Promise<PartitionReport> {
  let { concurrency, paused } = input;
  let stopped = false;
  let cancelling = false;
  let report = input.soFar;
  let reported = input.soFar;
  const { isRootInformed = false } = input;
  const reportsRarely = patched(REPORTS_RARELY);
  /** Workflows in flight and how many units of each. */
  const inFlight = new Map<string, number>();
  const counts = new UnitCounts();
  /** Units that are counted, or being counted and reported. */
  const countedUnits = new Map<string, Promise<void>>();
  // Before the handlers: signals that came before the first task, after a reset for example, run in them at once.
  const root = getExternalWorkflowHandle(sweepWorkflowId(input.sweep));

  setHandler(pauseSignal, async () => {
    paused = true;
    await drain();
  });
  setHandler(unpauseSignal, () => {
    paused = false;
  });
  setHandler(setConcurrencySignal, (value) => {
    concurrency = value;
  });
  setHandler(stopSignal, async () => {
    stopped = true;
    await drain();
  });
  setHandler(unitEndedSignal, async ({ dataset, sampleKey, ...end }) => {
    const { sweep, phase: role } = input;
    const unit = toPlannedUnit({ sweep, role, dataset, sampleKey }, end);
    // On a cancel, the partition itself ends in order.
    await CancellationScope.nonCancellable(() => countOnce(unit, end));
  });

  // A function, because a signal may set it during any wait.
  const isStopped = (): boolean => stopped;
  const free = (): number => concurrency - [...inFlight.values()].reduce((sum, n) => sum + n, 0);

  /** Runs a unit in a workflow of its own, as earlier versions did. */
  async function runOne(unit: SampleInput): Promise<void> {
    const before = report;
    const { error, result } = await runUnit(unit, () => cancelling);
    report = counts.add(report, unit.unit, { error, result });
    // Stop here, because another unit would be started, and paid for, before the root's signal arrives.
    if (error && isHopeless(error.code)) stopped = true;
    if (isReportDue(before)) await tellRoot();
  }

  /** Runs all units of a sample; after a pause, those that are left in another run of its workflow. */
  async function runUnitsOf(sample: SampleUnits, lanes: number): Promise<void> {
    const state = {
      retryFailedBefore: input.retryFailedBefore,
      isCancelling: () => cancelling,
      isDraining: () => stopped || paused,
    };
    const partition = workflowInfo().workflowId;
    let next = { ...sample, lanes, partition };
    for (;;) {
      const tellsBaseAnswer = !isRootInformed && !knowsFirstAnswers(report);
      const { ended, left } = await runSample({ ...next, tellsBaseAnswer }, state);
      for (const end of ended) await countOnce(toPlannedUnit(next, end), end);
      if (left.length === 0) return;
      await condition(() => stopped || cancelling || !paused);
      if (isStopped() || cancelling) return;
      next = { ...next, units: left };
    }
  }

  /** Counts a unit's end, of which a sample's workflow may tell twice; returns once the root knows what it needs to. */
  function countOnce(unit: PlannedUnit, end: CountedEnd): Promise<void> {
    const counting = countedUnits.get(unit.key) ?? countEnd(unit, end);
    countedUnits.set(unit.key, counting);
    return counting;
  }

  async function countEnd(unit: PlannedUnit, { error, result }: CountedEnd): Promise<void> {
    const before = report;
    report = counts.add(report, unit, { error, result });
    // Stop here, because another unit would be started, and paid for, before the root's signal arrives.
    const endsAll = error !== null && isHopeless(error.code) && !stopped;
    if (endsAll) stopped = true;
    if (isReportDue(before)) await tellRoot();
    if (endsAll) await drain();
  }

  /** Lets the samples in flight finish the units that they have started, and no others. */
  async function drain(): Promise<void> {
    if (input.workflowPer !== "sample") return;
    // A sample that has just ended needs no message.
    await Promise.allSettled(
      [...inFlight.keys()].map((id) => getExternalWorkflowHandle(id).signal(drainSignal)),
    );
  }

  function isReportDue(before: PartitionReport): boolean {
    const { partitions } = input;
    if (!reportsRarely) return wasWorthReporting({ reported: before, now: report, partitions });
    return isWorthReporting({ reported, now: report, partitions }, isRootInformed);
  }

  async function tellRoot(): Promise<void> {
    reported = report;
    await root.signal(partitionReportSignal, report);
  }

  /** Tells the root of base answers that it does not know of: in a small sweep, they may be the first twenty. */
  async function reportLast(): Promise<void> {
    if (!reportsRarely || isStopped()) return;
    if (isWorthReportingLast({ reported, now: report }, isRootInformed)) await tellRoot();
  }

  function toJobs(units: readonly SampleInput[]): Job[] {
    if (input.workflowPer !== "sample") {
      return units.map((unit) => ({
        workflowId: unit.unit.key,
        start: () => ({ slots: 1, ended: runOne(unit) }),
      }));
    }
    const samples = groupBySample(units);
    return samples.map((sample, index) => ({
      workflowId: sampleWorkflowId(sample),
      start: (slots) => {
        const share = Math.floor(slots / (samples.length - index));
        const lanes = Math.min(sample.units.length, Math.max(1, share));
        return { slots: lanes, ended: runUnitsOf(sample, lanes) };
      },
    }));
  }

  async function runJob({ workflowId, start }: Job): Promise<void> {
    try {
      const { slots, ended } = start(free());
      inFlight.set(workflowId, slots);
      await ended;
    } finally {
      inFlight.delete(workflowId);
    }
  }

  async function runPage(jobs: readonly Job[]): Promise<void> {
    const running: Promise<void>[] = [];
    try {
      for (const job of jobs) {
        await condition(() => stopped || (!paused && free() > 0));
        if (isStopped()) break;
        // A cancel is sent to the children explicitly below and awaited.
        running.push(CancellationScope.nonCancellable(() => runJob(job)));
      }
      await condition(() => inFlight.size === 0);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      cancelling = true;
      await CancellationScope.nonCancellable(async () => {
        await Promise.allSettled(
          [...inFlight.keys()].map((id) => getExternalWorkflowHandle(id).cancel()),
        );
        await Promise.allSettled(running);
      });
      throw error;
    }
    await Promise.all(running);
  }

  let { after } = input;
  for (;;) {
    const page = await listUnits.executeWithOptions(
      { summary: `next ${PAGE_SIZE} units of partition ${input.partition}` },
      [
        {
          sweep: input.sweep,
          role: input.phase,
          partition: input.partition,
          partitions: input.partitions,
          retryFailedBefore: input.retryFailedBefore,
          limit: PAGE_SIZE,
          ...(after === undefined ? {} : { after }),
        },
      ],
    );
    await runPage(toJobs(toInputs(page, input)));
    if (!page.more) await reportLast();
    if (isStopped() || !page.more) return report;
    after = page.end;
    const { continueAsNewSuggested, historyLength, targetWorkerDeploymentVersionChanged } =
      workflowInfo();
    if (continueAsNewSuggested || historyLength > 2_000 || targetWorkerDeploymentVersionChanged) {
      // Once a later version is released, the next page and its samples run on that.
      await makeContinueAsNewFunc<typeof partitionWorkflow>(
        targetWorkerDeploymentVersionChanged ? { initialVersioningBehavior: "AUTO_UPGRADE" } : {},
      )({
        ...input,
        concurrency,
        paused,
        ...(after === undefined ? {} : { after }),
        soFar: report,
      });
    }
  }
}

/** Builds the inputs of a page's units. */
function toInputs(page: ListUnitsResult, { recordOn, fineTuned }: PartitionInput): SampleInput[] {
  const variants = new Map(page.variants.map((variant) => [variant.name, variant]));
  const plan = { ...page.plan, recordOn };
  return page.units.flatMap((listed) => {
    const variant = variants.get(listed.unit.variant);
    if (!variant) return [];
    const { unit } = listed;
    const adapter = fineTuned.find(
      (each) =>
        each.variant === unit.variant && each.dataset === unit.dataset && each.seed === unit.seed,
    );
    return [{ ...listed, variant, plan, ...(adapter ? { fineTuned: adapter } : {}) }];
  });
}
