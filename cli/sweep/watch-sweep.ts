import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../store/store.js";
import type { FineTuneProgress } from "../../contracts/messages.js";
import type { SweepResult } from "../../contracts/sweep-input.js";
import type { Terminal } from "../terminal/terminal.js";
import type { LocalStack } from "./local-stack.js";
import type { ProgressPoint } from "../terminal/progress.js";
import {
  countDone,
  dropOldPoints,
  measureRate,
  renderFineTunes,
  renderProgress,
} from "../terminal/progress.js";
import type { RunningSweep } from "./sweep-client.js";
import { waitForStore } from "./wait-for-store.js";

/** Interval between reads of the store, milliseconds. */
const tickMs = 1_000;
/** Interval between printed lines if stderr has no live line, milliseconds. */
const lineIntervalMs = 5_000;

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
  let fineTunes: readonly FineTuneProgress[] = [];
  let asking = false;
  const ask = (): void => {
    if (asking) return;
    asking = true;
    void running.progress().then((progress) => {
      asking = false;
      if (progress !== null) ({ fineTunes } = progress);
    });
  };

  let points: ProgressPoint[] = [];
  let printedAt = -Infinity;
  let printed = "";
  const isEnded = () => ended || signal.aborted;
  for (;;) {
    const counts = await waitForStore(() => store.countResults(running.sweep), {
      terminal,
      signal,
    });
    const at = performance.now();
    points = dropOldPoints([...points, { at, done: countDone(counts, retryFailed) }]);
    if (countDone(counts, retryFailed) < counts.planned) ask();
    const line =
      renderFineTunes(fineTunes) + renderProgress(counts, measureRate(points), retryFailed);
    if (terminal.isInteractive) {
      terminal.live(line);
    } else if (isEnded() || at - printedAt >= lineIntervalMs) {
      if (line !== printed) terminal.note(line);
      printed = line;
      printedAt = at;
    }
    if (isEnded()) break;
    await stack.repair();
    await Promise.race([result.catch(() => undefined), sleep(tickMs, undefined, { signal })]).catch(
      () => undefined,
    );
  }
  return result;
}
