import { setTimeout as sleep } from "node:timers/promises";

/** Polls until there is an answer; throws after `limitMs`. */
export async function waitFor<Value>(
  what: string,
  ask: () => Promise<Value | null | undefined | false>,
  limitMs = 60_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    const value = await ask();
    if (value !== null && value !== undefined && value !== false) return value;
    await sleep(50);
  }
  throw new Error(`timed out waiting for ${what}`);
}
