/** Time over which a tenant's requests are counted, milliseconds. */
const MINUTE_MS = 60_000;

/** Limits how many requests each tenant may send per minute: all at once, or one after the other. */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #now: () => number;
  /** Per tenant, when all requests so far would have come if they had come at the steady rate. */
  readonly #paidUntil = new Map<string, number>();

  /** @param now - milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#intervalMs = MINUTE_MS / perMinute;
    this.#now = now;
  }

  /** Counts one request of the tenant and returns null; if it is too many, returns the seconds to wait. */
  take(tenant: string): number | null {
    const now = this.#now();
    const paidUntil = Math.max(this.#paidUntil.get(tenant) ?? 0, now) + this.#intervalMs;
    const waitMs = paidUntil - now - MINUTE_MS;
    // A millisecond for what rounding adds.
    if (waitMs > 1) return Math.ceil(waitMs / 1000);
    this.#paidUntil.set(tenant, paidUntil);
    return null;
  }
}
