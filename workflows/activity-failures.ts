import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/workflow";

/** Whether no worker took a step from its private queue in time: that worker is gone. */
export function isNotTaken(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === "SCHEDULE_TO_START"
  );
}

/** Whether an activity failed permanently with one of these types. */
export function failedWith(error: unknown, ...types: readonly string[]): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    types.includes(error.cause.type ?? "")
  );
}
