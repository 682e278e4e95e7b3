/** One adaptation in progress: its adapter and how to end it. */
interface Adaptation {
  readonly key: string;
  readonly adapterId: string;
  readonly over: Promise<void>;
  readonly finish: () => void;
  /** Ends the adaptation if no step requests its answer. */
  timer?: NodeJS.Timeout;
}

/**
 * The adaptations of this process, from the start of training until the answer is stored. Equal adaptations wait for
 * the first and share its answer. If the first ends without one (it failed, was cancelled, or lost its adapter), the
 * next one proceeds on its own. Training and answering are separate activities, and the answer may run much later or
 * never, so others wait for a trained adaptation only as long as its adapter lives.
 */
export class Adaptations {
  readonly #byKey = new Map<string, Adaptation>();

  /**
   * Begins an adaptation and returns null, or returns what to wait for before calling again. If the same adapter has
   * already begun one (its training is repeated), takes it over.
   *
   * @param key - key of the answer
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

  /** Call after training: ends the adaptation unless `answering` is called within this time. */
  await(adapterId: string, seconds: number): void {
    const running = this.#find(adapterId);
    if (running === undefined) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      this.end(adapterId);
    }, seconds * 1000);
    running.timer.unref();
  }

  /** Call before answering: keeps the adaptation open until `end`. */
  answering(adapterId: string): void {
    clearTimeout(this.#find(adapterId)?.timer);
  }

  /** Call when the answer is stored or will never come. Does nothing if the adaptation has already ended. */
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
