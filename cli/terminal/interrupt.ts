import process from "node:process";
import { exitCodes } from "./exit-codes.js";

/** Thrown by `race` when the user, or the system, asks this command to end. */
export class InterruptedError extends Error {
  constructor() {
    super("interrupted");
    this.name = "InterruptedError";
  }
}

/** Ctrl-C and the like, as something that can be waited for. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The promise's outcome, or an `InterruptedError` as soon as an interrupt arrives. */
  race<Result>(promise: Promise<Result>): Promise<Result>;
  /** Gives the signals back to the process. */
  dispose(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes over the interrupting signals; a second one ends the process at once. */
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
  // Nobody may be racing when it arrives.
  aborted.catch(() => undefined);
  return {
    signal: controller.signal,
    race: (promise) => Promise.race([promise, aborted]),
    dispose: () => {
      for (const name of signals) process.off(name, handle);
    },
  };
}
