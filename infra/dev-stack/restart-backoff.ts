import { RecentRestarts } from "./recent-restarts.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** How long to wait before a service is started again: doubled by each restart of the last two minutes. */
export class Backoff {
  readonly #restarts = new RecentRestarts();

  /** Counts one restart at time `now`, milliseconds. */
  count(service: string, now: number): void {
    this.#restarts.add(service, now);
  }

  /** Milliseconds from a service's death to its next start. */
  waitOf(service: string, now: number): number {
    return Math.min(FIRST_WAIT_MS * 2 ** this.#restarts.count(service, now), LONGEST_WAIT_MS);
  }
}
