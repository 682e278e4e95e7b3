import { activityInfo } from "@temporalio/activity";
import type { StepTiming } from "../../domain/units/trace.js";

/** Starts timing the running activity; the returned function gives its worker and times. */
export function startStepTimer(
  step: StepTiming["step"],
  worker: string,
): (reusedFrom?: string) => StepTiming {
  const started = Date.now();
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  return (reusedFrom) => ({
    step,
    // The clocks of server and worker may differ slightly.
    queueMs: Math.max(0, started - currentAttemptScheduledTimestampMs),
    computeMs: reusedFrom === undefined ? Date.now() - started : 0,
    worker,
    attempt,
    ...(reusedFrom === undefined ? {} : { reusedFrom }),
  });
}
