import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../store/store.js";
import type { SweepProgress } from "../../contracts/messages.js";
import type { SweepResult } from "../../contracts/sweep-input.js";
import type { Terminal } from "../terminal/terminal.js";
import type { LocalStack } from "./local-stack.js";
import { countDone, renderProgress } from "../terminal/progress.js";
import { renderProgressBlock } from "../terminal/progress-block.js";
import type { RunningSweep } from "./sweep-client.js";
import { waitForStore } from "./wait-for-store.js";

/** Interval between reads of the store, milliseconds. */
const tickMs = 1_000;
/** Interval between printed lines if stderr has no live line, milliseconds. */
const lineIntervalMs = 30_000;

/** Options of `watchSweep`. */
export interface WatchOptions {
  readonly terminal: Terminal;
  readonly store: Store;
  readonly stack: LocalStack;
  readonly retryFailed: boolean;
  readonly signal: AbortSignal;
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
  let wasPaused = false;
  const isEnded = () => ended || signal.aborted;
  for (;;) {
    const [counts, progress] = await waitForStore(
      async () =>
        [await store.countResults(running.sweep), await store.readProgress(running.sweep)] as const,
      { terminal, signal },
    );
    const at = performance.now();
    if (countDone(counts, retryFailed) < counts.planned) ask();
    const { paused, fineTunes } = asked;
    const view = { counts, progress, paused, retryFailed, fineTunes, now: Date.now() };
    if (terminal.isInteractive) {
      terminal.live(renderProgressBlock(running.sweep, view));
    } else if (isEnded() || paused !== wasPaused || at - printedAt >= lineIntervalMs) {
      const line = renderProgress(view);
      if (line !== printed) terminal.note(line);
      printed = line;
      printedAt = at;
      wasPaused = paused;
    }
    if (isEnded()) break;
    await stack.repair();
    await Promise.race([result.catch(() => undefined), sleep(tickMs, undefined, { signal })]).catch(
      () => undefined,
    );
  }
  return result;
}
