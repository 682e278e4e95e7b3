import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../store/store.js";
import type { SweepProgress } from "../../contracts/messages.js";
import type { SweepResult } from "../../contracts/sweep-input.js";
import type { Terminal } from "../terminal/terminal.js";
import type { LocalStack } from "./local-stack.js";
import { countDone, renderProgress } from "../terminal/progress.js";
import { renderProgressBlock } from "../terminal/progress-block.js";
import type { Stall } from "./stall/stall.js";
import type { RunningSweep } from "./sweep-client.js";
import { waitWhileAway } from "./wait-while-away.js";

/** Interval between reads of the store, milliseconds. */
const tickMs = 1_000;
/** Interval between two searches for a stall, milliseconds. */
const stallIntervalMs = 5_000;
/** Interval between printed lines if stderr has no live line, milliseconds. */
const lineIntervalMs = 30_000;

/** Options of `watchSweep`. */
export interface WatchOptions {
  readonly terminal: Terminal;
  readonly store: Store;
  readonly stack: LocalStack;
  readonly retryFailed: boolean;
  readonly signal: AbortSignal;
  /** Why the sweep does not go on by itself; null if it does. May throw while the server is away. */
  readonly findStall: (lastResultAt: string | undefined, paused: boolean) => Promise<Stall | null>;
}

/**
 * Shows progress until the sweep's workflow ends, and restarts services of the local stack that die. Throws what
 * `RunningSweep.result` throws.
 */
export async function watchSweep(
  running: RunningSweep,
  options: WatchOptions,
): Promise<SweepResult> {
  const { terminal, store, stack, retryFailed, signal } = options;
  const searchStall = inBackground(options.findStall, stallIntervalMs);
  let ended = false;
  const result = running.result().finally(() => {
    ended = true;
  });
  // Awaited at the end; a rejection before that must not count as unhandled.
  result.catch(() => undefined);

  // Query in the background, so that a busy or restarting worker does not delay the progress line.
  let asked: Pick<SweepProgress, "fineTunes" | "paused"> = { fineTunes: [], paused: false };
  let asking = false;
  const ask = (): void => {
    if (asking) return;
    asking = true;
    void running.progress().then((progress) => {
      asking = false;
      if (progress !== null) asked = progress;
    });
  };

  let printedAt = -Infinity;
  let printed = "";
  let printedState = "";
  const isEnded = () => ended || signal.aborted;
  for (;;) {
    const [counts, progress] = await waitWhileAway(
      async () =>
        [await store.countResults(running.sweep), await store.readProgress(running.sweep)] as const,
      { terminal, signal },
    );
    const at = performance.now();
    if (countDone(counts, retryFailed) < counts.planned) ask();
    const { paused, fineTunes } = asked;
    const stall = isEnded() ? null : searchStall(progress.ends[0]?.finishedAt, paused);
    const view = { counts, progress, paused, retryFailed, fineTunes, now: Date.now(), stall };
    const state = `${paused ? "paused" : ""} ${stall?.code ?? ""}`.trim();
    if (terminal.isInteractive) {
      terminal.live(renderProgressBlock(running.sweep, view));
    } else if (isEnded() || state !== printedState || at - printedAt >= lineIntervalMs) {
      const line = renderProgress(view);
      if (line !== printed) terminal.note(line);
      printed = line;
      printedAt = at;
      printedState = state;
    }
    if (isEnded()) break;
    await stack.repair(signal);
    await Promise.race([result.catch(() => undefined), sleep(tickMs, undefined, { signal })]).catch(
      () => undefined,
    );
  }
  return result;
}

/** Searches from time to time, without making the caller wait: gives what the last search found. */
function inBackground<Arguments extends readonly unknown[], Found>(
  search: (...given: Arguments) => Promise<Found | null>,
  intervalMs: number,
): (...given: Arguments) => Found | null {
  let found: Found | null = null;
  let searchedAt = performance.now();
  let isSearching = false;
  return (...given) => {
    if (!isSearching && performance.now() - searchedAt >= intervalMs) {
      isSearching = true;
      void search(...given)
        .catch(() => null)
        .then((result) => {
          found = result;
          isSearching = false;
          searchedAt = performance.now();
        });
    }
    return found;
  };
}
