/**
 * Joins equal computations that run at the same time in this process: the second caller waits for the first. Where
 * the first fails or is cancelled, the next one computes for itself, so that one unit's bad luck or
 * end never becomes another's.
 */
export class SingleFlight {
  readonly #running = new Map<string, Promise<unknown>>();

  /** Runs `compute`, unless the same key is being computed: then waits for that. */
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
