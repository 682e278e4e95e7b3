import type { ProcessRecord } from "./process-record.js";
import { isAlive, readRecord } from "./process-record.js";
import type { ServiceSpec } from "./service.js";
import { notStarted } from "./service.js";

/** How often a start is made whose services die, one after the other, before it is over. */
const ROUNDS = 6;

/** The services that one start has made ready, and that the rest of it needs. */
export class ReadyServices {
  readonly #ready: { readonly spec: ServiceSpec; readonly record: ProcessRecord }[] = [];

  constructor(private readonly home: string) {}

  /** Adds a service that has just become ready. */
  add(spec: ServiceSpec): void {
    const record = readRecord(this.home, spec.name);
    if (record !== null) this.#ready.push({ spec, record });
  }

  /** Throws the error code of a service that has died since it was ready. */
  check(): void {
    for (const { spec, record } of this.#ready) {
      if (!isAlive(record)) {
        throw notStarted(spec, `${spec.title} died while others waited for it.`, record);
      }
    }
  }

  /** Titles of those that have died since, or do not answer. */
  async listLost(): Promise<string[]> {
    const lost: string[] = [];
    for (const { spec, record } of this.#ready) {
      if (!isAlive(record) || !(await spec.isHealthy(record))) lost.push(spec.title);
    }
    return lost;
  }
}

/**
 * Makes a start. If it fails and services that it had made ready are lost by then, makes it again, because the rest of it
 * waited for them in vain; says so through `onLost`. Throws what the start throws otherwise, or after six rounds.
 */
export async function startInRounds<Result>(
  home: string,
  start: (ready: ReadyServices) => Promise<Result>,
  onLost?: (title: string) => void,
): Promise<Result> {
  for (let round = 1; ; round += 1) {
    const ready = new ReadyServices(home);
    try {
      return await start(ready);
    } catch (error) {
      const lost = await ready.listLost();
      if (lost.length === 0 || round === ROUNDS) throw error;
      for (const title of lost) onLost?.(title);
    }
  }
}

/** Waits for all of them, also if one fails: none goes on unseen. Throws the first failure. */
export async function settleAll(starts: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}
