import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../../domain/identity/random.js";

/** Seconds of each request under a steady load, and how many trainings ended meanwhile. */
export interface QuietLoad {
  readonly seconds: readonly number[];
  readonly trainings: number;
  /** Seconds in which requests came and trainings were counted. */
  readonly over: number;
}

/** A load to apply for some seconds. */
export interface QuietLoadOptions {
  /** Sends one request and waits for its answer; null: no requests. */
  readonly ask: ((index: number) => Promise<unknown>) | null;
  /** Trains one adapter and drops it; null: no trainings. */
  readonly train: ((index: number) => Promise<unknown>) | null;
  /** Requests per second, which come at random times whether earlier ones are answered or not. */
  readonly rate: number;
  /** Trainings at a time: when one ends, the next begins. */
  readonly trainers: number;
  readonly over: number;
  /** Equal seeds give equal times. */
  readonly seed: number;
}

/** Applies the load and waits for the last answer. Fails if a request or a training fails. */
export async function applyQuietLoad(options: QuietLoadOptions): Promise<QuietLoad> {
  const { ask, train, rate, over, seed } = options;
  const random = createRandom(seed);
  const until = performance.now() + over * 1000;
  const counted = { asked: 0, begun: 0, trainings: 0 };
  const seconds: number[] = [];

  async function trainOn(): Promise<void> {
    while (train !== null && performance.now() < until) {
      await train((counted.begun += 1));
      if (performance.now() < until) counted.trainings += 1;
    }
  }

  async function askOnce(index: number): Promise<void> {
    const began = performance.now();
    await ask?.(index);
    seconds.push((performance.now() - began) / 1000);
  }

  async function askAll(): Promise<void> {
    const open: Promise<void>[] = [];
    let due = performance.now();
    while (ask !== null) {
      due += (-Math.log(1 - random()) * 1000) / rate;
      if (due >= until) break;
      await sleep(Math.max(0, due - performance.now()));
      const asked = askOnce((counted.asked += 1));
      // It is awaited below; a failure must not end the process before that.
      asked.catch(() => undefined);
      open.push(asked);
    }
    await Promise.all(open);
  }

  await Promise.all([askAll(), ...Array.from({ length: options.trainers }, trainOn)]);
  return { seconds, trainings: counted.trainings, over };
}

/** The quantile by nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
