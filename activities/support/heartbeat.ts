import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { readFailedTries } from "./failed-tries.js";

/** Well below the heartbeat timeout, after which a dead worker's step is retried. */
const HEARTBEAT_INTERVAL_MS = 5_000;

/**
 * Runs `work` and sends heartbeats that describe it. Passes it a signal that aborts when the activity is cancelled or
 * the worker shuts down.
 */
export async function withHeartbeat<Result>(
  doing: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const failedTries = readFailedTries();
  const beat = (): void => {
    heartbeat({ doing, seconds: Math.round((performance.now() - started) / 1000), failedTries });
  };
  const timer = setInterval(beat, HEARTBEAT_INTERVAL_MS);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}
