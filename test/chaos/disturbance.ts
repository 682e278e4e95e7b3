import { setTimeout as sleep } from "node:timers/promises";
import type { RandomStream } from "../../domain/identity/random.js";
import { isAlive } from "../../infra/dev-stack/process-record.js";
import type { CliResult, RunningCli, Workspace } from "../e2e/workspace.js";
import type { Fault, Ground } from "./faults.js";
import { COMMAND, drawFault } from "./faults.js";

/** How long a killed process may take to run again before it is killed once more, milliseconds. */
const RESTART_MS = 60_000;

/** Begins and ends a fault of the ground. */
export interface Outage {
  begin(): void;
  end(): void;
}

/** A sweep that ran to its end while processes were killed and stopped. */
export interface DisturbedRun {
  readonly faults: readonly Fault[];
  /** Faults that found no process: it was dead already. */
  readonly missed: number;
  /** Exit code and error output of the last command; null: a signal ended it. */
  readonly code: number | null;
  readonly stderr: string;
}

/** How to disturb. */
export interface DisturbanceOptions {
  readonly random: RandomStream;
  /** Ground that can be disturbed here. */
  readonly outages: Partial<Record<Ground, Outage>>;
  readonly onFault: (fault: Fault) => void;
}

/**
 * Runs a sweep to its end and disturbs its processes and their ground on the way. A command that was hit, or that found
 * no database or a full disk when it started, is typed again, as a user would; nothing else is repaired by hand.
 */
export async function runDisturbed(
  workspace: Workspace,
  start: () => RunningCli,
  { random, outages, onFault }: DisturbanceOptions,
): Promise<DisturbedRun> {
  const ground = (["disk", "database"] as const).filter((name) => outages[name] !== undefined);
  const faults: Fault[] = [];
  let missed = 0;
  let command = start();
  for (;;) {
    const fault = drawFault(random, ground);
    const { ended } = command;
    const result = await Promise.race([ended, sleep(fault.afterMs, null)]);
    if (result !== null) return { faults, missed, code: result.code, stderr: result.stderr };
    onFault(fault);
    if (await cause(fault, workspace, command, outages)) faults.push(fault);
    else missed += 1;
    if (fault.target === "database" || fault.target === "disk") {
      const last = await Promise.race([ended, sleep(0, null)]);
      if (last !== null && foundNoGround(last)) command = start();
    }
    if (fault.target === COMMAND && fault.kind !== "stop for a while") {
      const last = await ended;
      // It may have ended by itself in the same moment.
      if (last.code === 0) return { faults, missed, code: 0, stderr: last.stderr };
      command = start();
    }
  }
}

/** Whether a command ended at its start, before it had planned anything, with the database away or the disk full. */
function foundNoGround({ code, stderr }: CliResult): boolean {
  return code === 1 && /^error (STORE_UNREACHABLE|HOME_NOT_WRITABLE)/.test(stderr);
}

/** Causes the fault; false if the process was dead already. */
async function cause(
  fault: Fault,
  workspace: Workspace,
  command: RunningCli,
  outages: DisturbanceOptions["outages"],
): Promise<boolean> {
  const outage = outages[fault.target as Ground];
  if (outage !== undefined) {
    outage.begin();
    await sleep(fault.lastsMs);
    outage.end();
    return true;
  }
  const pid = findProcess(fault, workspace, command);
  if (pid === null) return false;
  switch (fault.kind) {
    case "kill":
      return signal(pid, "SIGKILL");
    case "ask to end":
      return signal(pid, fault.target === COMMAND ? "SIGINT" : "SIGTERM");
    case "stop for a while":
      if (!signal(pid, "SIGSTOP")) return false;
      await sleep(fault.lastsMs);
      signal(pid, "SIGCONT");
      return true;
    case "kill while it starts": {
      if (!signal(pid, "SIGKILL")) return false;
      const again = await waitForOther(pid, fault, workspace);
      if (again !== null) signal(again, "SIGKILL");
      return true;
    }
    default:
      return false;
  }
}

function findProcess(fault: Fault, workspace: Workspace, command: RunningCli): number | null {
  if (fault.target === COMMAND) return command.process.pid ?? null;
  const service = workspace.services().find(({ name }) => name === fault.target);
  return service !== undefined && isAlive(service.record) ? service.record.pid : null;
}

/** The process that replaces a killed one, as soon as it exists; null if none comes. */
async function waitForOther(
  pid: number,
  { target }: Fault,
  workspace: Workspace,
): Promise<number | null> {
  if (target === COMMAND) return null;
  for (const deadline = Date.now() + RESTART_MS; Date.now() < deadline;) {
    await sleep(20);
    const service = workspace.services().find(({ name }) => name === target);
    if (service !== undefined && service.record.pid !== pid && isAlive(service.record)) {
      return service.record.pid;
    }
  }
  return null;
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
