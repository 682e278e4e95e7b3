import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import { findVariant } from "../../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { FineTuneTarget } from "../../domain/methods/fine-tune.js";
import { usesSweepAdapter } from "../../domain/methods/methods.js";
import { partitionOf } from "../../domain/units/partition.js";
import type { PlannedUnit, UnitRole } from "../../domain/units/unit.js";
import type { SweepStatus } from "../../store/store.js";
import type { UnitError } from "../../workflows/describe-error.js";
import type { ChooseThresholdsInput, ChooseThresholdsResult } from "./choose-thresholds.js";
import { chooseThresholds } from "./choose-thresholds.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import type { ListUnitsInput, ListUnitsResult } from "./list-units.js";
import { listUnits } from "./list-units.js";
import { recordResult } from "../local/record-result.js";
import { listRunnable } from "../support/runnable-units.js";
import { getSweep } from "../support/sweep-record.js";

/** Input of `openSweep`. */
export interface OpenSweepInput {
  readonly sweep: string;
  readonly partitions: number;
  /** Also count `failed` units that began before this moment; null: none. */
  readonly retryFailedBefore: string | null;
}

/** Result of `openSweep`: what is there to do. */
export interface OpenSweepResult {
  /** Units to run, over both roles. */
  readonly pending: number;
  /** Partitions that have units of each role. */
  readonly calibration: readonly number[];
  readonly report: readonly number[];
  /** Whether any variant has `tau: auto`. */
  readonly calibrates: boolean;
  /** Adapters that units to be reported need and that answer all their samples (sft). */
  readonly fineTunes: readonly FineTuneTarget[];
}

/** Input of `inspectUnit`. */
export interface InspectUnitInput {
  readonly unitKey: string;
}

/** Result of `inspectUnit`. */
export interface InspectUnitResult {
  /** "running": its workflow is open; "recorded": closed with a row; "closed": without one. */
  readonly state: "running" | "recorded" | "closed";
  /** Of a `failed` row. */
  readonly error: UnitError | null;
}

/** Input of `recordInterruption`. */
export interface RecordInterruptionInput {
  readonly unit: PlannedUnit;
  readonly error: UnitError;
}

/** Input of `closeSweep`. */
export interface CloseSweepInput {
  readonly sweep: string;
  readonly status: Extract<SweepStatus, "finished" | "stopped" | "cancelled">;
  readonly reason: string | null;
}

/** Result of `closeSweep`. */
export interface CloseSweepResult {
  /** Units without a row. */
  readonly pending: number;
  /** Rows that are `failed`. */
  readonly failed: number;
}

/** Bookkeeping of sweeps over the store. */
export type SweepActivities = {
  /** Marks the sweep as running and says what there is to do. */
  openSweep(input: OpenSweepInput): Promise<OpenSweepResult>;
  /** A page of one partition's pending units. */
  listUnits(input: ListUnitsInput): Promise<ListUnitsResult>;
  /** How a unit stands that another partition has started. */
  inspectUnit(input: InspectUnitInput): Promise<InspectUnitResult>;
  /** Writes the `failed` row of a unit whose workflow was ended from outside; an answer on record stays. */
  recordInterruption(input: RecordInterruptionInput): Promise<void>;
  /** Chooses thresholds for `tau: auto`. */
  chooseThresholds(input: ChooseThresholdsInput): Promise<ChooseThresholdsResult>;
  /** Marks the sweep as ended and counts. */
  closeSweep(input: CloseSweepInput): Promise<CloseSweepResult>;
};

/** Makes the sweep activities; `client` looks at other workflows. */
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
    recordInterruption: withFailures(async ({ unit, error }) => {
      // It may have been ended between writing its row and closing.
      const row = await store.getResult(unit.key);
      if (row !== null && row.outcome !== "failed") return;
      const now = new Date().toISOString();
      const trace = { timings: [] };
      await recordResult(dependencies, {
        ...{ unit, error, trace },
        ...{ startedAt: now, finishedAt: now, runId: "" },
      });
    }),
    chooseThresholds: withFailures((input) => chooseThresholds(store, input)),
    closeSweep: withFailures(async ({ sweep, status, reason }) => {
      await store.setSweepStatus(sweep, status, reason);
      const pending = await store.listPendingUnits(sweep);
      const { failed } = await store.countResults(sweep);
      return { pending: pending.length, failed };
    }),
  };
}

/** The adapters of a sweep that must be there before these units can be answered, each once. */
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
