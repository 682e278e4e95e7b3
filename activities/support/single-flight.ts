/**
 * Joins equal computations that run at the same time in this process: the second caller waits for the first. If the
 * first fails or is cancelled, the next caller computes the value itself, so that one unit's failure or
 * cancellation never affects another.
 */
export class SingleFlight {
  readonly #running = new Map<string, Promise<unknown>>();

  /** Runs `compute`, or waits for the computation of the same key if one is running. */
  async run<Value>(key: string, compute: () => Promise<Value>): Promise<Value> {
    for (;;) {
      const running = this.#running.get(key);
      if (running === undefined) break;
      const settled = await running.then(
        (value) => ({ value: value as Value }),
        () => null,
      );
      if (settled) return settled.value;
    }
    const mine = compute();
    this.#running.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(key) === mine) this.#running.delete(key);
    }
  }
}
