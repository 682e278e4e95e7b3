import {
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ListUnitsResult } from "../contracts/steps/list-units.js";
import type { SweepActivities } from "../contracts/steps/sweep-activities.js";
import type { FineTunedAdapter } from "../domain/methods/fine-tune.js";
import { FIRST_ANSWERS } from "../domain/units/base-answers.js";
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
import { runUnit } from "./run-unit.js";
import type { RecordPlace } from "../contracts/sweep-plan.js";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { isHopeless } from "./stop-rules.js";
import { CPU_QUEUE, sweepWorkflowId } from "../contracts/queues-and-ids.js";

/** Input of one partition of a sweep's phase. */
export interface PartitionInput {
  readonly sweep: string;
  readonly phase: UnitRole;
  /** This partition, from 0, and how many there are. */
  readonly partition: number;
  readonly partitions: number;
  /** Sample workflows in flight at most. */
  readonly concurrency: number;
  readonly paused: boolean;
  readonly recordOn: RecordPlace;
  /** Also run units whose row is `failed` and began before this moment (ISO 8601). */
  readonly retryFailedBefore: string | null;
  /** The sweep's adapters that answer all samples of a variant. */
  readonly fineTuned: readonly FineTunedAdapter[];
  /** Counts of the runs before, after continue-as-new. */
  readonly soFar: PartitionReport;
}

/** Units per page: at 8 events each, a page stays below the 4,096 events where history gets slow. */
const PAGE_SIZE = 300;

/** Failures reported one by one; beyond, every tenth, to stay below Temporal's 10,000 signals. */
const REPORT_EACH = 100;

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

  // A function, because a signal may have set it during any wait.
  const isStopped = (): boolean => stopped;
  const root = getExternalWorkflowHandle(sweepWorkflowId(input.sweep));

  async function runOne(unit: SampleInput): Promise<void> {
    const { key } = unit.unit;
    inFlight.add(key);
    try {
      const before = report;
      const { error, result } = await runUnit(unit, () => cancelling);
      report = countAnswer(count(report, error), unit, result);
      // Before the root can say so, another unit would be started, and paid for.
      if (error && isHopeless(error.code)) stopped = true;
      const isWorth = isWorthReporting(before, report, input.partitions);
      if (isWorth) await root.signal(partitionReportSignal, report);
    } finally {
      inFlight.delete(key);
    }
  }

  /** Counts the base model's first answers, each sample and seed once: variants share it. */
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
        // Children end on their own terms: a cancel reaches them below, and is waited for.
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
        },
      ],
    );
    await runPage(toInputs(page, input));
    if (isStopped() || !page.more) return report;
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > 2_000) {
      await continueAsNew<typeof partitionWorkflow>({
        ...input,
        concurrency,
        paused,
        soFar: report,
      });
    }
  }
}

/** A partition that has seen nothing yet. */
export function emptyReport(partition: number): PartitionReport {
  return { partition, answered: 0, failed: 0, firstError: null, sameError: true };
}

/** The inputs of a page's sample workflows. */
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

/** `report` after one more unit, which failed where there is an error. */
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

function isWorthReporting(
  before: PartitionReport,
  after: PartitionReport,
  partitions: number,
): boolean {
  if (before.answered === 0 && after.answered > 0) return true;
  // As many at a time as make up the first answers over all partitions: few signals, and the root knows soon.
  const answered = after.baseAnswers?.answered ?? 0;
  const isNew = answered > (before.baseAnswers?.answered ?? 0);
  const isShare = answered % Math.ceil(FIRST_ANSWERS / partitions) === 0;
  if (isNew && (isShare || answered === FIRST_ANSWERS)) return true;
  if (after.failed === before.failed) return false;
  return after.failed <= REPORT_EACH || after.failed % 10 === 0;
}
