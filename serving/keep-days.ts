import type { Store } from "../store/store.js";

/** Time between two looks for expired requests, milliseconds. */
const INTERVAL_MS = 3_600_000;

const DAY_MS = 86_400_000;

/** Which requests are kept. */
export interface KeepDaysOptions {
  readonly store: Pick<Store, "deleteServedRequests">;
  /** Name of the config. */
  readonly sweep: string;
  /** Age from which requests are deleted, days. */
  readonly days: number;
  /** Told how many were deleted, and why that failed. */
  readonly report: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Running deletion of expired requests. */
export interface Expiry {
  /** Resolves when the current deletion has ended; no other one begins. */
  stop(): Promise<void>;
}

/**
 * Deletes requests that are older than so many days, now and every hour. A deletion that fails is reported and repeated
 * an hour later; the endpoint goes on.
 */
export function expireRequests(options: KeepDaysOptions): Expiry {
  let running = deleteExpired(options);
  const timer = setInterval(() => {
    running = running.then(() => deleteExpired(options));
  }, INTERVAL_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}

async function deleteExpired(options: KeepDaysOptions): Promise<void> {
  const { store, sweep, days, report, now = Date.now } = options;
  try {
    const before = new Date(now() - days * DAY_MS).toISOString();
    const count = await store.deleteServedRequests(sweep, before);
    if (count > 0)
      report(
        `Deleted ${count === 1 ? "1 request" : `${count} requests`} older than ${days === 1 ? "a day" : `${days} days`}.`,
      );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(
      `Requests older than ${days === 1 ? "a day" : `${days} days`} could not be deleted: ${reason}`,
    );
  }
}
