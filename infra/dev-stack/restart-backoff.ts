/** Restarts older than this no longer count, milliseconds. */
const WINDOW_MS = 2 * 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** How long to wait before a service is started again: doubled by each restart of the last two minutes. */
export class Backoff {
  readonly #restarts = new Map<string, number[]>();

  /** Counts one restart at time `now`, milliseconds. */
  count(service: string, now: number): void {
    const recent = (this.#restarts.get(service) ?? []).filter((at) => now - at < WINDOW_MS);
    this.#restarts.set(service, [...recent, now]);
  }

  /** Milliseconds from a service's death to its next start. */
  waitOf(service: string, now: number): number {
    const recent = (this.#restarts.get(service) ?? []).filter((at) => now - at < WINDOW_MS);
    return Math.min(FIRST_WAIT_MS * 2 ** recent.length, LONGEST_WAIT_MS);
  }
}
