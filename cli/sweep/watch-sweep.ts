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

/** How often the store is asked, milliseconds. */
const tickMs = 1_000;
/** How often a line is printed where there is no live line, milliseconds. */
const lineIntervalMs = 5_000;

/** What `watchSweep` needs. */
export interface WatchOptions {
  readonly terminal: Terminal;
  readonly store: Store;
  readonly stack: LocalStack;
  readonly retryFailed: boolean;
  readonly signal: AbortSignal;
}

/**
 * Shows progress until the sweep's workflow ends, and starts again what dies of the local stack
 * meanwhile. Throws what `RunningSweep.result` throws.
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
  // Awaited at the end; a failure before that must not count as unhandled.
  result.catch(() => undefined);

  // Asked on the side: a worker that is busy or restarting must not hold up the line.
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
    const counts = await store.countResults(running.sweep);
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
