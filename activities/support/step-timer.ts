import { activityInfo } from "@temporalio/activity";
import type { StepTiming } from "../../domain/units/trace.js";

/** Starts timing the running activity; the returned function says where it ran and what it cost. */
export function startStepTimer(
  step: StepTiming["step"],
  worker: string,
): (reusedFrom?: string) => StepTiming {
  const started = Date.now();
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  return (reusedFrom) => ({
    step,
    // Clocks of server and worker may differ a little.
    queueMs: Math.max(0, started - currentAttemptScheduledTimestampMs),
    computeMs: reusedFrom === undefined ? Date.now() - started : 0,
    worker,
    attempt,
    ...(reusedFrom === undefined ? {} : { reusedFrom }),
  });
}
