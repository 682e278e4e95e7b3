import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../settings.js";
import { isAlive, readRecord } from "./process-record.js";
import { Backoff } from "./restart-backoff.js";
import { listServiceNames, restartServices } from "./stack.js";
import type { SupervisedStack } from "./supervisor-service.js";
import { supervisorServiceName } from "./supervisor-service.js";

const TICK_MS = 1_000;
/** A command that follows a sweep restarts a dead service within a second, and says so: it goes first. */
const PATIENCE_MS = 3_000;

/**
 * Restarts services of the local stack that have died, for as long as the home folder names this process as its
 * supervisor. Waits longer after each restart of a service that follows another, one minute at most, and never gives
 * up. `onLine` gets each line for the log.
 */
export async function superviseStack(
  settings: Settings,
  stack: SupervisedStack,
  onLine: (line: string) => void,
): Promise<void> {
  const { home } = settings;
  const names = listServiceNames(settings, stack.separate);
  const backoff = new Backoff();
  const deadSince = new Map<string, number>();
  const isReplaced = () => readRecord(home, supervisorServiceName)?.pid !== process.pid;

  /** The services that have been dead for long enough to be started again. */
  function findDue(now: number): string[] {
    return names.filter((name) => {
      const record = readRecord(home, name);
      if (record !== null && isAlive(record)) {
        deadSince.delete(name);
        return false;
      }
      const since = deadSince.get(name) ?? now;
      deadSince.set(name, since);
      return now - since >= Math.max(PATIENCE_MS, backoff.waitOf(name, now));
    });
  }

  while (!isReplaced()) {
    const due = findDue(performance.now());
    if (due.length > 0) {
      onLine(`${due.join(", ")} died; restarting`);
      for (const name of due) {
        backoff.count(name, performance.now());
        deadSince.delete(name);
      }
      try {
        const onEnded = (title: string): void => {
          onLine(`${title} was ended during the start; starting it again`);
        };
        await restartServices(settings, { ...stack, onEnded }, isReplaced);
      } catch (error) {
        onLine(error instanceof Error ? error.message : String(error));
      }
    }
    await sleep(TICK_MS);
  }
}
