import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import { findVariant } from "../../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { FineTuneTarget } from "../../domain/methods/fine-tune.js";
import { usesSweepAdapter } from "../../domain/methods/methods.js";
import { partitionOf } from "../../domain/units/partition.js";
import type { PlannedUnit, UnitRole } from "../../domain/units/unit.js";
import { chooseThresholds } from "./choose-thresholds.js";
import { checkAnswers } from "../support/check-answers.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { listUnits } from "./list-units.js";
import { recordResult } from "../local/record-result.js";
import { listRunnable } from "../support/runnable-units.js";
import { getSweep } from "../support/sweep-record.js";
import type { SweepActivities } from "../../contracts/steps/sweep-activities.js";

/** Creates the sweep activities; `client` queries other workflows. */
export function createSweepActivities(
  dependencies: CpuDependencies & { readonly client: Client },
): SweepActivities {
  const { store, client } = dependencies;
  return {
    openSweep: withFailures(async ({ sweep, partitions, retryFailedBefore }) => {
      const { config } = await getSweep(store, sweep);
      const units = await listRunnable(store, sweep, retryFailedBefore);
      if (units.length > 0) await store.setSweepStatus(sweep, "running", null);
      const partitionsOf = (role: UnitRole): number[] =>
        [
          ...new Set(
            units
              .filter((unit) => unit.role === role)
              .map(({ sampleKey }) => partitionOf(sampleKey, partitions)),
          ),
        ].sort((left, right) => left - right);
      return {
        pending: units.length,
        calibration: partitionsOf("calibration"),
        report: partitionsOf("report"),
        fineTunes: listFineTunes(config, units),
        calibrates: config.variants.some(({ tau }) => tau === "auto"),
        answers: await checkAnswers(store, sweep),
      };
    }),
    listUnits: withFailures((input) => listUnits(store, input)),
    inspectUnit: withFailures(async ({ unitKey }) => {
      if (await isRunning(client, unitKey)) return { state: "running", error: null };
      const row = await store.getResult(unitKey);
      if (row === null) return { state: "closed", error: null };
      const { errorCode, errorMessage } = row;
      const error = errorCode === null ? null : { code: errorCode, message: errorMessage ?? "" };
      return { state: "recorded", error };
    }),
    inspectSample: withFailures(async ({ workflowId, unitKeys, retryFailedBefore }) => {
      if (await isRunning(client, workflowId)) return { isRunning: true, recorded: [] };
      const rows = await Promise.all(unitKeys.map((unitKey) => store.getResult(unitKey)));
      const recorded = rows.flatMap((row) => {
        if (row === null) return [];
        const { unitKey, outcome, startedAt, errorCode, errorMessage } = row;
        const isOld = retryFailedBefore !== null && startedAt < retryFailedBefore;
        if (outcome === "failed" && isOld) return [];
        const error = errorCode === null ? null : { code: errorCode, message: errorMessage ?? "" };
        return [{ unitKey, error }];
      });
      return { isRunning: false, recorded };
    }),
    recordInterruption: withFailures(async ({ unit, error, workflowId }) => {
      // The workflow may have been ended after it wrote its row and before it closed.
      const row = await store.getResult(unit.key);
      if (row !== null && row.outcome !== "failed") return;
      const now = new Date().toISOString();
      const trace = { timings: [], ...(workflowId === undefined ? {} : { workflowId }) };
      await recordResult(dependencies, {
        ...{ unit, error, trace },
        ...{ startedAt: now, finishedAt: now, runId: "" },
      });
    }),
    checkAnswers: withFailures(({ sweep }) => checkAnswers(store, sweep)),
    chooseThresholds: withFailures((input) => chooseThresholds(store, input)),
    closeSweep: withFailures(async ({ sweep, status, reason }) => {
      await store.setSweepStatus(sweep, status, reason);
      const pending = await store.listPendingUnits(sweep);
      const { failed } = await store.countResults(sweep);
      return { pending: pending.length, failed };
    }),
  };
}

/** Lists the sweep adapters that these units need before they can be answered, each once. */
function listFineTunes(config: ResolvedConfig, units: readonly PlannedUnit[]): FineTuneTarget[] {
  const targets = new Map<string, FineTuneTarget>();
  for (const { role, variant, dataset, seed } of units) {
    const method = findVariant(config, variant)?.method;
    if (role !== "report" || method === undefined || !usesSweepAdapter(method)) continue;
    targets.set(`${variant}/${seed}/${dataset}`, { variant, dataset, seed });
  }
  return [...targets.values()];
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === "RUNNING";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
