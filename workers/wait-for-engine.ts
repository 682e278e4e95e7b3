import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@temporalio/worker";
import type { EngineClient } from "../engine-client/engine-client.js";

/** Polling interval, in milliseconds. */
const PAUSE_MS = 500;

/** Wait before the log names the missing engine, in milliseconds. */
const NOTICE_MS = 5_000;

/** Waits until the engine has loaded its model; false if `signal` aborts first. */
export async function waitForEngine(
  engine: EngineClient,
  logger: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  for (let noticed = false; !signal.aborted;) {
    if (await engine.isReady(signal)) return true;
    if (!noticed && performance.now() - started > NOTICE_MS) {
      noticed = true;
      logger.warn(
        `waiting for the engine at ${engine.baseUrl}; start it with: npx whetstone dev up`,
        {
          code: "ENGINE_UNREACHABLE",
        },
      );
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
