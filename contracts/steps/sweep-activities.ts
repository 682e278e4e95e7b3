import type { FineTuneTarget } from "../../domain/methods/fine-tune.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { SweepStatus } from "../../domain/units/sweep-status.js";
import type { UnitError } from "../unit-error.js";
import type { AnswersCheck } from "./check-answers.js";
import type { ChooseThresholdsInput, ChooseThresholdsResult } from "./choose-thresholds.js";
import type { ListUnitsInput, ListUnitsResult } from "./list-units.js";

/** Input of `openSweep`. */
export interface OpenSweepInput {
  readonly sweep: string;
  readonly partitions: number;
  /** Also count `failed` units that started before this time; null: count none. */
  readonly retryFailedBefore: string | null;
}

/** Result of `openSweep`: the work to do. */
export interface OpenSweepResult {
  /** Units to run, over both roles. */
  readonly pending: number;
  /** Partitions that have units of each role. */
  readonly calibration: readonly number[];
  readonly report: readonly number[];
  /** Whether any variant has `tau: auto`. */
  readonly calibrates: boolean;
  /** Adapters that the report units need and that answer all their samples (sft). */
  readonly fineTunes: readonly FineTuneTarget[];
  /** The base model's recorded answers; absent in histories of versions that did not check them. */
  readonly answers?: AnswersCheck;
}

/** Input of `inspectUnit`. */
export interface InspectUnitInput {
  readonly unitKey: string;
}

/** Result of `inspectUnit`. */
export interface InspectUnitResult {
  /** "running": its workflow is open; "recorded": closed with a row; "closed": closed without a row. */
  readonly state: "running" | "recorded" | "closed";
  /** Error of a `failed` row; else null. */
  readonly error: UnitError | null;
}

/** Input of `inspectSample`. */
export interface InspectSampleInput {
  readonly workflowId: string;
  readonly unitKeys: readonly string[];
  /** A `failed` row of a run that started before this time (ISO 8601) does not count; null: every row counts. */
  readonly retryFailedBefore: string | null;
}

/** Result of `inspectSample`. */
export interface InspectSampleResult {
  /** Whether its workflow is open; if so, `recorded` is empty. */
  readonly isRunning: boolean;
  /** Units that have a row, with the error of a `failed` one. */
  readonly recorded: readonly { readonly unitKey: string; readonly error: UnitError | null }[];
}

/** Input of `recordInterruption`. */
export interface RecordInterruptionInput {
  readonly unit: PlannedUnit;
  readonly error: UnitError;
  /** Workflow that was to answer the unit; absent: the unit's own. */
  readonly workflowId?: string;
}

/** Input of `checkAnswers`. */
export interface CheckAnswersInput {
  readonly sweep: string;
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
  /** Marks the sweep as running and returns the work to do. */
  openSweep(input: OpenSweepInput): Promise<OpenSweepResult>;
  /** Lists a page of one partition's pending units. */
  listUnits(input: ListUnitsInput): Promise<ListUnitsResult>;
  /** Returns the state of a unit that another partition started. */
  inspectUnit(input: InspectUnitInput): Promise<InspectUnitResult>;
  /** Returns which units of a sample have a row, once its workflow has closed. */
  inspectSample(input: InspectSampleInput): Promise<InspectSampleResult>;
  /** Writes a `failed` row for a unit whose workflow was ended externally; keeps a recorded answer. */
  recordInterruption(input: RecordInterruptionInput): Promise<void>;
  /** Chooses thresholds for `tau: auto`. */
  chooseThresholds(input: ChooseThresholdsInput): Promise<ChooseThresholdsResult>;
  /** Checks whether the base model's first recorded answers can be read. */
  checkAnswers(input: CheckAnswersInput): Promise<AnswersCheck>;
  /** Marks the sweep as ended and counts its units. */
  closeSweep(input: CloseSweepInput): Promise<CloseSweepResult>;
};
