import { setTimeout as sleep } from "node:timers/promises";
import type { Workspace } from "../../e2e/workspace.js";
import type { ServedEndpoint } from "./served-endpoint.js";

const ENDPOINT = "endpoint";

/** Each is killed once or more. The supervisor starts the services again, this script the endpoint. */
const TARGETS = ["worker-gpu", "engine", ENDPOINT, "temporal", "worker-orchestrator-cpu"] as const;

/** Shortest time between two faults of a long run, seconds. */
const INTERVAL = 60;

/** Part of the time in which faults happen: later ones would find little left to disturb. */
const [FIRST, LAST] = [0.1, 0.85];

/** One kill -9. */
export interface Survived {
  readonly target: string;
  /** Seconds from the start of the load. */
  readonly at: number;
  /** Seconds until a new process ran; null: none came. */
  readonly back: number | null;
}

/** Kills each target once or more, evenly over the time. */
export async function causeFaults(
  workspace: Workspace,
  endpoint: ServedEndpoint,
  seconds: number,
): Promise<Survived[]> {
  const began = performance.now();
  const span = seconds * (LAST - FIRST);
  const count = Math.max(TARGETS.length, Math.floor(span / INTERVAL) + 1);
  const survived: Promise<Survived>[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = seconds * FIRST + (span * index) / Math.max(1, count - 1);
    await sleep(Math.max(0, at * 1000 - (performance.now() - began)));
    survived.push(kill(TARGETS[index % TARGETS.length]!, began));
  }
  return Promise.all(survived);

  async function kill(target: string, from: number): Promise<Survived> {
    const killed = performance.now();
    const at = (killed - from) / 1000;
    if (target === ENDPOINT) {
      await endpoint.end("SIGKILL");
      await endpoint.start();
      return { target, at, back: (performance.now() - killed) / 1000 };
    }
    const find = () => workspace.services().find(({ name }) => name === target);
    const before = find()?.record.pid;
    if (before === undefined) throw new Error(`${target} does not run`);
    process.kill(before, "SIGKILL");
    for (const deadline = killed + 120_000; performance.now() < deadline;) {
      const now = find();
      if (now?.alive === true && now.record.pid !== before) {
        return { target, at, back: (performance.now() - killed) / 1000 };
      }
      await sleep(100);
    }
    return { target, at, back: null };
  }
}
