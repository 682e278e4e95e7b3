/** One adaptation that is under way: who is on it, and how to say that it is over. */
interface Adaptation {
  readonly key: string;
  readonly adapterId: string;
  readonly over: Promise<void>;
  readonly finish: () => void;
  /** Ends it where nobody comes for the answer. */
  timer?: NodeJS.Timeout;
}

/**
 * The adaptations of this process, from before the training until the answer is stored: equal ones wait for the first,
 * whose answer is then theirs too. Where it ends without one (it failed, was cancelled, its adapter was lost), the
 * next one goes on for itself. The answer is another activity than the training, and may run much later or never, so
 * a trained adaptation is waited for only as long as its adapter is.
 */
export class Adaptations {
  readonly #byKey = new Map<string, Adaptation>();

  /**
   * Begins an adaptation, or says what to wait for before asking again. The same adapter's, begun before (its training is
   * repeated), is taken over.
   *
   * @param key - of the answer that it is for
   */
  begin(key: string, adapterId: string): { readonly over: Promise<void> } | null {
    const running = this.#byKey.get(key);
    if (running !== undefined && running.adapterId !== adapterId) return running;
    clearTimeout(running?.timer);
    if (running === undefined) {
      let finish: () => void = () => undefined;
      const over = new Promise<void>((done) => {
        finish = done;
      });
      this.#byKey.set(key, { key, adapterId, over, finish });
    }
    return null;
  }

  /** The adapter is trained: ends the adaptation unless it is asked for its answer within this time. */
  await(adapterId: string, seconds: number): void {
    const running = this.#find(adapterId);
    if (running === undefined) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      this.end(adapterId);
    }, seconds * 1000);
    running.timer.unref();
  }

  /** The adapter is being asked for its answer, however long that takes. */
  answering(adapterId: string): void {
    clearTimeout(this.#find(adapterId)?.timer);
  }

  /** The answer is stored, or there will be none; nothing where it is over already. */
  end(adapterId: string): void {
    const running = this.#find(adapterId);
    if (running === undefined) return;
    clearTimeout(running.timer);
    this.#byKey.delete(running.key);
    running.finish();
  }

  #find(adapterId: string): Adaptation | undefined {
    return [...this.#byKey.values()].find((running) => running.adapterId === adapterId);
  }
}
