import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";

/** Whether a step on a worker's private queue was not taken in time: that worker is gone. */
export function isNotTaken(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === "SCHEDULE_TO_START"
  );
}

/** Whether an activity failed for good with one of these types. */
export function failedWith(error: unknown, ...types: readonly string[]): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    types.includes(error.cause.type ?? "")
  );
}
