import { RecentRestarts } from "../../infra/dev-stack/recent-restarts.js";

/** Restarts of one service within two minutes that are not yet a crash loop. */
const MOST = 6;

/**
 * Counts restarts per service over a sliding window: a service that dies again and again within
 * minutes has a cause that restarting does not cure; one that is killed now and then has not.
 */
export class RestartBudget {
  readonly #restarts = new RecentRestarts();

  /** Counts one restart at time `now`, milliseconds; false if the service has had too many. */
  spend(service: string, now: number): boolean {
    this.#restarts.add(service, now);
    return this.#restarts.count(service, now) <= MOST;
  }
}
