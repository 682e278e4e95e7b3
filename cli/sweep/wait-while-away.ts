import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode } from "../../domain/errors/codes.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** What heals without this command: a database that is away, a full disk, another command that starts processes. */
const HEALS: ReadonlySet<ErrorCode> = new Set([
  "STORE_UNREACHABLE",
  "HOME_NOT_WRITABLE",
  "STACK_BUSY",
]);

/** Milliseconds between two tries. */
const PAUSE_MS = 2_000;

/** Milliseconds after which the error ends the command; the sweep itself goes on. */
const LIMIT_MS = 15 * 60_000;

/** Options of `waitWhileAway`. */
export interface WaitOptions {
  readonly terminal: Pick<Terminal, "note">;
  readonly signal: AbortSignal;
  readonly pauseMs?: number;
  readonly limitMs?: number;
}

/**
 * Tries again while the results database is away, the disk is full, or another command starts processes: the sweep waits
 * for them, too. Says so once. Throws every other error, one that is not retryable, the last one after `limitMs`, or if
 * `signal` aborts.
 */
export async function waitWhileAway<T>(
  work: () => Promise<T>,
  { terminal, signal, pauseMs = PAUSE_MS, limitMs = LIMIT_MS }: WaitOptions,
): Promise<T> {
  const started = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await work();
    } catch (error) {
      const heals = error instanceof WhetstoneError && error.retryable && HEALS.has(error.code);
      if (!heals || signal.aborted || performance.now() - started >= limitMs) throw error;
      if (isFirst) {
        terminal.note(`${error.code}: ${error.message.replace(/\.$/, "")}; waiting for it`);
        terminal.note(`  next: ${error.hint}`);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
