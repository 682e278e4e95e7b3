import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from "@temporalio/workflow";
import type { UnitError } from "../contracts/unit-error.js";
import type { ErrorCode } from "../domain/errors/codes.js";

/** Code of an error that has none. */
const UNKNOWN: ErrorCode = "UNKNOWN";

/** Code of a step that ran out of time. */
const STEP_TIMED_OUT: ErrorCode = "STEP_TIMED_OUT";

/** Code and message of the cause of a failed step or unit. */
export function describeError(error: unknown): UnitError {
  const cause =
    error instanceof ActivityFailure || error instanceof ChildWorkflowFailure
      ? (error.cause ?? error)
      : error;
  if (cause instanceof ApplicationFailure) {
    return { code: cause.type ?? UNKNOWN, message: cause.message };
  }
  if (cause instanceof TimeoutFailure) {
    const step = error instanceof ActivityFailure ? `Step ${error.activityType}` : "A step";
    return { code: STEP_TIMED_OUT, message: `${step} took too long (${cause.timeoutType}).` };
  }
  return { code: UNKNOWN, message: cause instanceof Error ? cause.message : String(cause) };
}
