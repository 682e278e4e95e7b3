import type { RandomStream } from "../../domain/identity/random.js";

/** What can happen to a process. */
const KINDS = ["kill", "kill while it starts", "ask to end", "stop for a while"] as const;

/** What can happen, also to the ground that processes stand on. */
export type FaultKind = (typeof KINDS)[number] | "full for a while" | "away for a while";

/** One fault: which process it hits, how, and when. */
export interface Fault {
  readonly kind: FaultKind;
  /** A service of the local stack, the command that follows the sweep, the disk or the database. */
  readonly target: string;
  /** Quiet time before it, milliseconds. */
  readonly afterMs: number;
  /** How long it lasts, milliseconds; 0 if a process is hit and may start again at once. */
  readonly lastsMs: number;
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

/** What processes stand on: the disk of home folder and SQLite databases, the PostgreSQL server. */
export type Ground = "disk" | "database";

/** What happens to it, and for how long at most, milliseconds. */
const GROUND_FAULTS = {
  disk: { kind: "full for a while", mostMs: 30_000 },
  database: { kind: "away for a while", mostMs: 60_000 },
} as const;

/**
 * Draws the next fault: every target and kind is equally likely, ground that can be disturbed included. Equal streams
 * give equal faults.
 */
export function drawFault(random: RandomStream, ground: readonly Ground[]): Fault {
  const target = pick([...TARGETS, ...ground], random);
  const kind = pick(KINDS, random);
  const afterMs = Math.round(2_000 + 10_000 * random());
  const share = random();
  if (target === "disk" || target === "database") {
    const { kind: groundKind, mostMs } = GROUND_FAULTS[target];
    return { target, kind: groundKind, afterMs, lastsMs: Math.round(mostMs * (0.5 + share / 2)) };
  }
  const lastsMs = kind === "stop for a while" ? Math.round(1_000 + 19_000 * share) : 0;
  return { target, kind, afterMs, lastsMs };
}

function pick<Item>(items: readonly Item[], random: RandomStream): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}
