import { setTimeout as sleep } from "node:timers/promises";
import type { EngineClient } from "../engine-client/engine-client.js";

/** Milliseconds between two questions to a healthy engine. */
const INTERVAL_MS = 1_000;

/** Milliseconds without an answer after which an engine counts as lost. */
export const LOST_AFTER_MS = 6_000;

/**
 * Asks the engine whether it is ready until it has not answered for `LOST_AFTER_MS`: dead, hung, or
 * cut off. Returns true then; false if `signal` aborts first.
 */
export async function watchEngine(
  engine: Pick<EngineClient, "isReady">,
  signal: AbortSignal,
  { intervalMs = INTERVAL_MS, lostAfterMs = LOST_AFTER_MS } = {},
): Promise<boolean> {
  const isLost = (silence: number): boolean => silence >= lostAfterMs && !signal.aborted;
  let answered = performance.now();
  while (!signal.aborted) {
    const isReady = await engine.isReady(signal);
    if (isReady) answered = performance.now();
    else if (isLost(performance.now() - answered)) return true;
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
