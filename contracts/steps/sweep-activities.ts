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
  /** What is on record of the base model's answers; absent in histories of versions that did not look. */
  readonly answers?: AnswersCheck;
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
  /** Whether the base model's first answers on record can be read. */
  checkAnswers(input: CheckAnswersInput): Promise<AnswersCheck>;
  /** Marks the sweep as ended and counts. */
  closeSweep(input: CloseSweepInput): Promise<CloseSweepResult>;
};
