import type { UnitTrace } from "../../domain/units/trace.js";
import type { Outcome, PlannedUnit } from "../../domain/units/unit.js";
import type { UnitError } from "../unit-error.js";

/** Input of `recordResult`. */
export interface RecordResultInput {
  readonly unit: PlannedUnit;
  /** ISO 8601, UTC, by the Temporal server's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Temporal run id of the sample workflow; empty where there was none. */
  readonly runId: string;
  readonly trace: UnitTrace;
  /** Why the unit failed; absent where it was answered. */
  readonly error?: UnitError;
}

/** Result of `recordResult`. */
export interface RecordResultResult {
  readonly outcome: Outcome;
  readonly correct: boolean;
  /** Which part of the answer broke it; empty where it is right. */
  readonly verdict: string;
}

/** The one activity that reads gold. */
export type RecordActivities = {
  recordResult(input: RecordResultInput): Promise<RecordResultResult>;
};
