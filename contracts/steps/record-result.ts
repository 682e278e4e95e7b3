import type { UnitTrace } from "../../domain/units/trace.js";
import type { Outcome, PlannedUnit } from "../../domain/units/unit.js";
import type { UnitError } from "../unit-error.js";

/** Input of `recordResult`. */
export interface RecordResultInput {
  readonly unit: PlannedUnit;
  /** ISO 8601, UTC, from the Temporal server's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Temporal run id of the sample workflow; empty if there was none. */
  readonly runId: string;
  readonly trace: UnitTrace;
  /** Why the unit failed; absent if it was answered. */
  readonly error?: UnitError;
}

/** Result of `recordResult`. */
export interface RecordResultResult {
  readonly outcome: Outcome;
  readonly correct: boolean;
  /** Which part of the answer is wrong; empty if the answer is right. */
  readonly verdict: string;
  /** The base model's answer to the same sample, if the unit's is another one and the base unit has ended. */
  readonly base?: BaseResult;
}

/** The base model's answer and how it was judged. */
export interface BaseResult {
  /** At most 600 characters. */
  readonly text: string;
  /** Like a unit's: "right", "wrong name:search", "unparsable ..." */
  readonly verdict: string;
}

/** Scores and records a unit; reads gold. */
export type RecordActivities = {
  recordResult(input: RecordResultInput): Promise<RecordResultResult>;
};
