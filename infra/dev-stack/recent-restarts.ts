/** Restarts longer ago no longer count, milliseconds. */
const WINDOW_MS = 120_000;

/** Counts the restarts of each service over a sliding window of two minutes. */
export class RecentRestarts {
  readonly #restarts = new Map<string, number[]>();

  /** Adds one restart at time `now`, milliseconds. */
  add(service: string, now: number): void {
    this.#restarts.set(service, [...this.#recent(service, now), now]);
  }

  /** Restarts within the window that ends at `now`. */
  count(service: string, now: number): number {
    return this.#recent(service, now).length;
  }

  #recent(service: string, now: number): number[] {
    return (this.#restarts.get(service) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}
