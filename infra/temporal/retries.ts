import { setTimeout as sleep } from "node:timers/promises";
import type { GrpcRetryOptions } from "@temporalio/client";
import { defaultGrpcRetryOptions } from "@temporalio/client";

/** How a client tries calls again, and how it stops. */
export interface Retries {
  readonly options: GrpcRetryOptions;
  /** Ends all retries. Returns once no call will be made any more: the connection can be closed. */
  stop(): Promise<void>;
}

/**
 * Temporal's own retries, which can be stopped. Its client sends a retry that waits although the connection was closed
 * meanwhile, and that error, thrown in a timer, would end the process.
 */
export function createRetries(): Retries {
  const defaults = defaultGrpcRetryOptions();
  let stopped = false;
  let waitsUntil = 0;
  return {
    options: {
      retryableDecider: (attempt, status) => !stopped && defaults.retryableDecider(attempt, status),
      delayFunction(attempt, status) {
        const delay = defaults.delayFunction(attempt, status);
        waitsUntil = Math.max(waitsUntil, performance.now() + delay);
        return delay;
      },
    },
    async stop() {
      stopped = true;
      const rest = waitsUntil - performance.now();
      // The timer itself may be a little late.
      if (rest > 0) await sleep(rest + 100);
    },
  };
}
