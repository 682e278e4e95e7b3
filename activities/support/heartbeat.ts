import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { readFailedTries } from "./failed-tries.js";

/** Well below the heartbeat timeout, which is the time until a dead worker's step runs again. */
const HEARTBEAT_INTERVAL_MS = 5_000;

/**
 * Runs `work` under heartbeats that say what it is doing, and hands it the signal that aborts when
 * the activity is cancelled or the worker shuts down.
 */
export async function withHeartbeat<Result>(
  doing: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const started = Date.now();
  const failedTries = readFailedTries();
  const beat = (): void => {
    heartbeat({ doing, seconds: Math.round((Date.now() - started) / 1000), failedTries });
  };
  const timer = setInterval(beat, HEARTBEAT_INTERVAL_MS);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}
