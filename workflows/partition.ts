import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ListUnitsResult } from "../contracts/steps/list-units.js";
import type { SweepActivities } from "../contracts/steps/sweep-activities.js";
import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import { FIRST_ANSWERS } from "../domain/units/base-answers.js";
import type { PlanPlace } from "../domain/units/plan-place.js";
import type { UnitRole } from "../domain/units/unit.js";
import type { UnitError } from "../contracts/unit-error.js";
import {
  partitionReportSignal,
  pauseSignal,
  setConcurrencySignal,
  stopSignal,
  unpauseSignal,
} from "../contracts/messages.js";
import type { PartitionReport } from "../contracts/messages.js";
import { isWorthReporting, isWorthReportingLast, wasWorthReporting } from "./report-rules.js";
import { runUnit } from "./run-unit.js";
import type { RecordPlace } from "../contracts/sweep-plan.js";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { isHopeless } from "./stop-rules.js";
import { CPU_QUEUE, sweepWorkflowId } from "../contracts/queues-and-ids.js";

/** Input of one partition of a sweep's phase. */
export interface PartitionInput {
  readonly sweep: string;
  readonly phase: UnitRole;
  /** Index of this partition, from 0, and the number of partitions. */
  readonly partition: number;
  readonly partitions: number;
  /** Maximum sample workflows in flight. */
  readonly concurrency: number;
  readonly paused: boolean;
  readonly recordOn: RecordPlace;
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
 * sample workflow for each, waits until all have ended, and continues as new between pages.
 */
export async function partitionWorkflow(input: PartitionInput): Promise<PartitionReport> {
  let { concurrency, paused } = input;
  let stopped = false;
  let cancelling = false;
  let report = input.soFar;
  let reported = input.soFar;
  const { isRootInformed = false } = input;
  const reportsRarely = patched(REPORTS_RARELY);
  const inFlight = new Set<string>();
  const counted = new Set<string>();

  setHandler(pauseSignal, () => {
    paused = true;
  });
  setHandler(unpauseSignal, () => {
    paused = false;
  });
  setHandler(setConcurrencySignal, (value) => {
    concurrency = value;
  });
  setHandler(stopSignal, () => {
    stopped = true;
  });

  // A function, because a signal may set it during any wait.
  const isStopped = (): boolean => stopped;
  const root = getExternalWorkflowHandle(sweepWorkflowId(input.sweep));

  async function runOne(unit: SampleInput): Promise<void> {
    const { key } = unit.unit;
    inFlight.add(key);
    try {
      const before = report;
      const { error, result } = await runUnit(unit, () => cancelling);
      report = countAnswer(count(report, error), unit, result);
      // Stop here, because another unit would be started, and paid for, before the root's signal arrives.
      if (error && isHopeless(error.code)) stopped = true;
      if (isReportDue(before)) await tellRoot();
    } finally {
      inFlight.delete(key);
    }
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

  /** Counts the base model's first answers, each sample and seed once, because variants share them. */
  function countAnswer(
    before: PartitionReport,
    { unit }: SampleInput,
    result: SampleResult | null,
  ): PartitionReport {
    const { answered, unreadable } = before.baseAnswers ?? { answered: 0, unreadable: 0 };
    const answer = `${unit.seed}/${unit.dataset}/${unit.sampleKey}`;
    if (result?.fromBase !== true || answered === FIRST_ANSWERS || counted.has(answer)) {
      return before;
    }
    counted.add(answer);
    const isBad = result.outcome === "unparsable";
    const baseAnswers = { answered: answered + 1, unreadable: unreadable + (isBad ? 1 : 0) };
    return { ...before, baseAnswers };
  }

  async function runPage(units: readonly SampleInput[]): Promise<void> {
    const running: Promise<void>[] = [];
    try {
      for (const unit of units) {
        await condition(() => stopped || (!paused && inFlight.size < concurrency));
        if (isStopped()) break;
        // A cancel is sent to the children explicitly below and awaited.
        running.push(CancellationScope.nonCancellable(() => runOne(unit)));
      }
      await condition(() => inFlight.size === 0);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      cancelling = true;
      await CancellationScope.nonCancellable(async () => {
        await Promise.allSettled(
          [...inFlight].map((key) => getExternalWorkflowHandle(key).cancel()),
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
    await runPage(toInputs(page, input));
    if (!page.more) await reportLast();
    if (isStopped() || !page.more) return report;
    after = page.end;
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > 2_000) {
      await continueAsNew<typeof partitionWorkflow>({
        ...input,
        concurrency,
        paused,
        ...(after === undefined ? {} : { after }),
        soFar: report,
      });
    }
  }
}

/** The initial report of a partition. */
export function emptyReport(partition: number): PartitionReport {
  return { partition, answered: 0, failed: 0, firstError: null, sameError: true };
}

/** Builds the inputs of a page's sample workflows. */
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

/** Updates `report` with one more unit, which failed if there is an error. */
function count(report: PartitionReport, error: UnitError | null): PartitionReport {
  if (error === null) return { ...report, answered: report.answered + 1 };
  return {
    ...report,
    failed: report.failed + 1,
    firstError: report.firstError ?? error,
    sameError:
      report.sameError && (report.firstError === null || report.firstError.code === error.code),
  };
}
