import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import { findVariant } from "../../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { FineTuneTarget } from "../../domain/methods/fine-tune.js";
import { usesSweepAdapter } from "../../domain/methods/methods.js";
import { partitionOf } from "../../domain/units/partition.js";
import type { PlanPlace } from "../../domain/units/plan-place.js";
import type { UnitRole } from "../../domain/units/unit.js";
import type { PendingCount, PendingOptions, PlacedUnit, Store } from "../../store/store.js";
import { chooseThresholds } from "./choose-thresholds.js";
import { checkAnswers } from "../support/check-answers.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { listUnits } from "./list-units.js";
import { recordResult } from "../local/record-result.js";
import { runnable } from "../support/runnable-units.js";
import { getSweep } from "../support/sweep-record.js";
import type { SweepActivities } from "../../contracts/steps/sweep-activities.js";

/** Units that one read looks at for their partitions. */
const READ_SIZE = 1_000;

/** Creates the sweep activities; `client` queries other workflows. */
export function createSweepActivities(
  dependencies: CpuDependencies & { readonly client: Client },
): SweepActivities {
  const { store, client } = dependencies;
  return {
    openSweep: withFailures(async ({ sweep, partitions, retryFailedBefore }) => {
      const { config } = await getSweep(store, sweep);
      const counts = await store.countPendingUnits(sweep, runnable(retryFailedBefore));
      const pending = counts.reduce((sum, { count }) => sum + count, 0);
      if (pending > 0) await store.setSweepStatus(sweep, "running", null);
      const partitionsOf = async (role: UnitRole): Promise<number[]> =>
        counts.some((each) => each.role === role)
          ? listPartitions(store, sweep, { ...runnable(retryFailedBefore), role, partitions })
          : [];
      return {
        pending,
        calibration: await partitionsOf("calibration"),
        report: await partitionsOf("report"),
        fineTunes: listFineTunes(config, counts),
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
      const pending = await store.countPendingUnits(sweep);
      const { failed } = await store.countResults(sweep);
      return { pending: pending.reduce((sum, { count }) => sum + count, 0), failed };
    }),
  };
}

/** Partitions that have units to run, in ascending order. Reads only until it has found all of them. */
async function listPartitions(
  store: Store,
  sweep: string,
  { partitions, ...options }: PendingOptions & { readonly partitions: number },
): Promise<number[]> {
  const found = new Set<number>();
  let after: PlanPlace | null = null;
  while (found.size < partitions) {
    const page: readonly PlacedUnit[] = await store.pagePendingUnits(sweep, {
      ...{ ...options, after, limit: READ_SIZE },
    });
    for (const { unit } of page) found.add(partitionOf(unit.sampleKey, partitions));
    const last = page.at(-1);
    if (last === undefined || page.length < READ_SIZE) break;
    after = last.place;
  }
  return [...found].sort((left, right) => left - right);
}

/** Lists the sweep adapters that these units need before they can be answered, each once. */
function listFineTunes(config: ResolvedConfig, units: readonly PendingCount[]): FineTuneTarget[] {
  return units.flatMap(({ role, variant, dataset, seed }) => {
    const method = findVariant(config, variant)?.method;
    const isNeeded = role === "report" && method !== undefined && usesSweepAdapter(method);
    return isNeeded ? [{ variant, dataset, seed }] : [];
  });
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
