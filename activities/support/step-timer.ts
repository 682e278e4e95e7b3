import { activityInfo } from "@temporalio/activity";
import type { StepTiming } from "../../domain/units/trace.js";

/** Starts timing the running activity; the returned function gives its worker and times. */
export function startStepTimer(
  step: StepTiming["step"],
  worker: string,
): (reusedFrom?: string) => StepTiming {
  const startedAt = Date.now();
  // Not the clock of the machine, which may be set meanwhile.
  const started = performance.now();
  const { attempt, currentAttemptScheduledTimestampMs } = activityInfo();
  return (reusedFrom) => ({
    step,
    // The clocks of server and worker may differ slightly.
    queueMs: Math.max(0, startedAt - currentAttemptScheduledTimestampMs),
    computeMs: reusedFrom === undefined ? Math.round(performance.now() - started) : 0,
    worker,
    attempt,
    ...(reusedFrom === undefined ? {} : { reusedFrom }),
  });
}
