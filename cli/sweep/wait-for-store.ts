import { setTimeout as sleep } from "node:timers/promises";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** Milliseconds between two tries. */
const PAUSE_MS = 2_000;

/** Milliseconds after which the error ends the command; the sweep itself goes on. */
const LIMIT_MS = 15 * 60_000;

/** Options of `waitForStore`. */
export interface WaitOptions {
  readonly terminal: Pick<Terminal, "note">;
  readonly signal: AbortSignal;
  readonly pauseMs?: number;
  readonly limitMs?: number;
}

/**
 * Reads from the store, and waits while the database is away: the sweep waits for it, too. Says so
 * once. Throws the store's error if it is not retryable, after `limitMs`, or if `signal` aborts.
 */
export async function waitForStore<T>(
  read: () => Promise<T>,
  { terminal, signal, pauseMs = PAUSE_MS, limitMs = LIMIT_MS }: WaitOptions,
): Promise<T> {
  const started = Date.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await read();
    } catch (error) {
      const isWorthWaiting = error instanceof WhetstoneError && error.retryable;
      if (!isWorthWaiting || signal.aborted || Date.now() - started >= limitMs) throw error;
      if (isFirst) terminal.note(`${error.message}; waiting for it`);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
