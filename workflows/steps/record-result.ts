import type { ActivityInterfaceFor, LocalActivityInterfaceFor } from "@temporalio/workflow";
import {
  proxyActivities,
  proxyLocalActivities,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type {
  RecordActivities,
  RecordResultInput,
  RecordResultResult,
} from "../../contracts/steps/record-result.js";
import type { UnitError } from "../../contracts/unit-error.js";
import type { RecordPlace } from "../../contracts/sweep-plan.js";
import { describeOutcome } from "../../domain/units/describe-outcome.js";
import { searchAttributes } from "../../contracts/search-attributes.js";
import type { UnitRun } from "../unit-run.js";
import { CPU_QUEUE } from "../../contracts/queues-and-ids.js";

/**
 * Scores the unit's answer against gold and writes its row; with an `error`, writes a `failed` row
 * instead. Then sets the search attributes that the Temporal UI lists.
 */
export async function recordResult(run: UnitRun, error?: UnitError): Promise<RecordResultResult> {
  const { unit, variant } = run.input;
  const { startTime, runId } = workflowInfo();
  const input: RecordResultInput = {
    unit,
    startedAt: startTime.toISOString(),
    finishedAt: new Date().toISOString(),
    runId,
    trace: run.trace,
    ...(error ? { error } : {}),
  };
  const result = await recorder(run.input.plan.recordOn).recordResult.executeWithOptions(
    { summary: `record ${variant.name} on ${unit.sampleKey}` },
    [input],
  );
  showOutcome(run, result, error);
  return result;
}

function recorder(
  place: RecordPlace,
): ActivityInterfaceFor<RecordActivities> | LocalActivityInterfaceFor<RecordActivities> {
  const limits = { startToCloseTimeout: "1m", retry: { maximumInterval: "10s" } } as const;
  return place === "local"
    ? proxyLocalActivities<RecordActivities>(limits)
    : proxyActivities<RecordActivities>({ ...limits, taskQueue: CPU_QUEUE });
}

/** Sets all attributes in one upsert, because each upsert adds an event to the history. */
function showOutcome(run: UnitRun, result: RecordResultResult, error?: UnitError): void {
  const { uncertainty, synthesis, training, answer, timings } = run.trace;
  const answered = timings.findLast(({ step }) => step === "infer");
  const margin = uncertainty && Math.round(uncertainty.margin * 1000) / 1000;
  const path =
    answer && training ? "adapted" : uncertainty?.uncertain === true ? "uncertain" : "certain";
  const outcome = describeOutcome(result);
  run.show({
    verdict: error ? `failed: ${error.code}` : `${outcome} ${result.verdict}`.trim(),
    ...(result.base && { base: result.base }),
  });
  upsertSearchAttributes([
    { key: searchAttributes.outcome, value: outcome },
    { key: searchAttributes.path, value: path },
    ...(margin === undefined ? [] : [{ key: searchAttributes.margin, value: margin }]),
    ...(synthesis
      ? [{ key: searchAttributes.synthesisAttempts, value: synthesis.attempts.length }]
      : []),
    ...(answered && answered.reusedFrom === undefined
      ? [{ key: searchAttributes.gpuWorker, value: answered.worker }]
      : []),
    ...(error ? [{ key: searchAttributes.errorCode, value: error.code }] : []),
  ]);
}
