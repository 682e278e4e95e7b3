import type { RandomStream } from "../../domain/identity/random.js";

/** What can happen to a process. */
export type FaultKind = "kill" | "kill while it starts" | "ask to end" | "stop for a while";

/** One fault: which process it hits, how, and when. */
export interface Fault {
  readonly kind: FaultKind;
  /** A service of the local stack, or the command that follows the sweep. */
  readonly target: string;
  /** Quiet time before it, milliseconds. */
  readonly afterMs: number;
  /** How long the process stays stopped, milliseconds; 0 unless it is stopped. */
  readonly stoppedMs: number;
}

/** The command that follows the sweep, as a target. */
export const COMMAND = "command";

const TARGETS = [
  "engine",
  "worker-gpu",
  "worker-orchestrator-cpu",
  "temporal",
  "supervisor",
  COMMAND,
] as const;

const KINDS: readonly FaultKind[] = [
  "kill",
  "kill while it starts",
  "ask to end",
  "stop for a while",
];

/** Draws the next fault: every target and kind is equally likely. Equal streams give equal faults. */
export function drawFault(random: RandomStream): Fault {
  const target = pick(TARGETS, random);
  const kind = pick(KINDS, random);
  const afterMs = Math.round(2_000 + 10_000 * random());
  const stoppedMs = Math.round(1_000 + 19_000 * random());
  return { target, kind, afterMs, stoppedMs: kind === "stop for a while" ? stoppedMs : 0 };
}

function pick<Item>(items: readonly Item[], random: RandomStream): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
