import process from "node:process";
import { exitCodes } from "./exit-codes.js";

/** Thrown by `race` when the user or the system interrupts this command. */
export class InterruptedError extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedError";
  }
}

/** Interrupts such as Ctrl-C, as a promise to wait for. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Settles like the promise, or rejects with an `InterruptedError` as soon as an interrupt arrives. */
  race<Result>(promise: Promise<Result>): Promise<Result>;
  /** Never resolves; rejects with an `InterruptedError` as soon as an interrupt arrives. */
  readonly arrival: Promise<never>;
  /** Restores the default signal handling. */
  dispose(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Handles interrupt signals; a second one ends the process immediately. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new InterruptedError());
  };
  for (const name of signals) process.on(name, handle);
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => {
      reject(new InterruptedError());
    });
  });
  // There may be no pending `race` when the interrupt arrives.
  aborted.catch(() => undefined);
  return {
    signal: controller.signal,
    race: (promise) => Promise.race([promise, aborted]),
    arrival: aborted,
    dispose: () => {
      for (const name of signals) process.off(name, handle);
    },
  };
}

/** Runs what goes on until an interrupt, which is the normal way to end it. */
export async function untilInterrupted(
  run: (interrupt: Interrupt) => Promise<void>,
): Promise<void> {
  const interrupt = onInterrupt();
  try {
    await run(interrupt);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  } finally {
    interrupt.dispose();
  }
}
