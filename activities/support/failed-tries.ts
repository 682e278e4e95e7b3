import { activityInfo, heartbeat } from "@temporalio/activity";
import { z } from "zod";
import type { ErrorCode } from "../../domain/errors/codes.js";

/** Failed attempts of one step by error code. Each attempt passes them to the next in its heartbeats. */
type FailedTries = Readonly<Record<string, number>>;

const carried = z.object({ failedTries: z.record(z.string(), z.number()) });

/** Reads the failures of this step's earlier attempts; empty for the first attempt. */
export function readFailedTries(): FailedTries {
  const details = carried.safeParse(activityInfo().heartbeatDetails);
  return details.success ? details.data.failedTries : {};
}

/**
 * Counts this attempt's failure and returns how many of the step's attempts failed with the same code. A local activity
 * has no heartbeats, so all its attempts count.
 */
export function countFailedTry(code: ErrorCode): number {
  const { isLocal, attempt } = activityInfo();
  if (isLocal) return attempt;
  const earlier = readFailedTries();
  const tries = (earlier[code] ?? 0) + 1;
  heartbeat({ doing: "failed", failedTries: { ...earlier, [code]: tries } });
  return tries;
}
