import type { STALL_CODES } from "../../../domain/errors/codes/stall.js";

/** Why a running sweep does not go on by itself. */
export interface Stall {
  readonly code: keyof typeof STALL_CODES;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** What to do next: a command to type, where there is one. */
  readonly next: string;
}

/** Where a sweep's parts run, as far as next steps depend on it. */
export interface Deployment {
  readonly sweep: string;
  /** False: on this machine, started by `run`, `resume` and `dev up`. */
  readonly externalTemporal: boolean;
  readonly temporalAddress: string;
  readonly namespace: string;
  /** The engine that this machine can ask; null if engines run on other hosts. */
  readonly engineUrl: string | null;
  /** False: this machine's own engine, started with the rest. */
  readonly externalEngine: boolean;
}
