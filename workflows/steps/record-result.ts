import type { ActivityInterfaceFor, LocalActivityInterfaceFor } from "@temporalio/workflow";
import { proxyActivities, proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type {
  RecordActivities,
  RecordResultInput,
  RecordResultResult,
} from "../../contracts/steps/record-result.js";
import type { UnitError } from "../../contracts/unit-error.js";
import type { RecordPlace } from "../../contracts/sweep-plan.js";
import { describeOutcome } from "../../domain/units/describe-outcome.js";
import type { UnitRun } from "../unit-run.js";
import { CPU_QUEUE } from "../../contracts/queues-and-ids.js";

/**
 * Scores the unit's answer against gold and writes its row; with an `error`, writes a `failed` row
 * instead. Then shows how the unit ended on the workflow's page in the Temporal UI.
 */
export async function recordResult(run: UnitRun, error?: UnitError): Promise<RecordResultResult> {
  const { unit, variant } = run.input;
  const { startedAt, workflowId } = run.place;
  const input: RecordResultInput = {
    unit,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    runId: workflowInfo().runId,
    trace: { ...run.trace, ...(workflowId === undefined ? {} : { workflowId }) },
    ...(error ? { error } : {}),
  };
  const result = await recorder(run.input.plan.recordOn).recordResult.executeWithOptions(
    { summary: `record ${variant.name} on ${unit.sampleKey}` },
    [input],
  );
  run.show({
    verdict: error
      ? `failed: ${error.code}`
      : `${describeOutcome(result)} ${result.verdict}`.trim(),
    ...(result.base && { base: result.base }),
  });
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
