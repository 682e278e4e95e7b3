import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@temporalio/worker";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { openStore } from "../store/open-store.js";
import type { Store } from "../store/store.js";

/** Milliseconds between two tries. */
const PAUSE_MS = 2_000;

/** Milliseconds after which the error ends the worker: the URL may be wrong. */
const LIMIT_MS = 120_000;

/**
 * Opens the results database; waits for one that is away, locked or on a full disk, and logs that once. Throws
 * like `openStore`.
 */
export async function openStoreWhenThere(
  databaseUrl: string,
  logger: Pick<Logger, "warn">,
  { pauseMs = PAUSE_MS, limitMs = LIMIT_MS } = {},
): Promise<Store> {
  const started = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await openStore(databaseUrl);
    } catch (error) {
      const isWorthWaiting = error instanceof WhetstoneError && error.retryable;
      if (!isWorthWaiting || performance.now() - started >= limitMs) throw error;
      if (isFirst) logger.warn(`${error.message}; waiting for it`, { code: error.code });
      await sleep(pauseMs);
    }
  }
}
