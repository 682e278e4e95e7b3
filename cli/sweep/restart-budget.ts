/** Restarts of one service within the window that are not yet a crash loop. */
const MOST = 6;

/** Length of the window, milliseconds. */
const WINDOW_MS = 120_000;

/**
 * Counts restarts per service over a sliding window: a service that dies again and again within
 * minutes has a cause that restarting does not cure; one that is killed now and then has not.
 */
export class RestartBudget {
  readonly #restarts = new Map<string, number[]>();

  /** Counts one restart at time `now`, milliseconds; false if the service has had too many. */
  spend(service: string, now: number): boolean {
    const recent = (this.#restarts.get(service) ?? []).filter((at) => now - at < WINDOW_MS);
    recent.push(now);
    this.#restarts.set(service, recent);
    return recent.length <= MOST;
  }
}
