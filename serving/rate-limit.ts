/** Limits how many requests each tenant may begin, by a bucket per tenant that refills steadily. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now - milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one request out of the tenant's bucket; returns the seconds to wait if it is empty, else null. */
  take(tenant: string): number | null {
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(tenant) ?? { tokens: this.#perMinute, at: now };
    const filled = Math.min(this.#perMinute, tokens + ((now - at) / 60_000) * this.#perMinute);
    const left = filled >= 1 ? filled - 1 : filled;
    this.#buckets.set(tenant, { tokens: left, at: now });
    return filled >= 1 ? null : Math.ceil(((1 - filled) / this.#perMinute) * 60);
  }
}
