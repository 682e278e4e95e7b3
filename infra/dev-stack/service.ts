import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { logFile, openLog, readLastLines } from "./log-file.js";
import type { PortUse } from "./ports.js";
import { requireFreePorts } from "./ports.js";
import { readProcessIdentity } from "./process-identity.js";
import type { ProcessRecord } from "./process-record.js";
import { isAlive, readRecord, removeRecord, writeRecord } from "./process-record.js";
import type { ErrorCode } from "../../domain/errors/codes.js";

/** How often a start that something else ends is made. */
const STARTS = 5;

/** A background process of the local stack: how to start it and how to check its health. */
export interface ServiceSpec {
  /** Name of its pid file and log, e.g. "engine". */
  readonly name: string;
  /** For messages, e.g. "the engine". */
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Working directory; the command's own by default. */
  readonly directory?: string;
  readonly ports: readonly PortUse[];
  /** Parameters that a running process must match to be reused. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly startTimeoutMs: number;
  /** Error code if it does not start, e.g. ENGINE_NOT_STARTED. */
  readonly errorCode: ErrorCode;
  /** True once it is ready. Polled; must return within a few seconds. */
  isHealthy(record: ProcessRecord): Promise<boolean>;
}

/** What a start depends on besides its own process, and who hears of a repeated one. */
export interface StartConditions {
  /** Throws once something that the service waits for has died. */
  readonly checkNeeds?: () => void;
  /** Called with the title when something ended the service before it was ready and it is started again. */
  readonly onEnded?: (title: string) => void;
}

/** Action that `ensureService` took. */
export type ServiceAction = "running" | "started" | "restarted";

/**
 * Makes sure that the service runs with these parameters and is healthy: starts it if it is dead,
 * restarts it if its parameters differ. Throws PORT_IN_USE, what `checkNeeds` throws, or the service's own code with
 * the last lines of its log.
 */
export async function ensureService(
  home: string,
  spec: ServiceSpec,
  conditions: StartConditions = {},
): Promise<ServiceAction> {
  const known = readRecord(home, spec.name);
  if (known !== null && isAlive(known)) {
    if (sameParameters(known.parameters, spec.parameters)) {
      try {
        await waitUntilHealthy(home, spec, known, conditions);
        return "running";
      } catch (error) {
        // Whoever started it may not see that it died before it was ready.
        if (isAlive(known)) throw error;
        await startService(home, spec, conditions);
        return "started";
      }
    }
    await stopService(home, known);
    await startService(home, spec, conditions);
    return "restarted";
  }
  await startService(home, spec, conditions);
  return "started";
}

/** Sends SIGTERM, then SIGKILL after the grace period, and deletes the pid file. Idempotent. */
export async function stopService(
  home: string,
  record: ProcessRecord,
  graceMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + graceMs;
  signal(record, "SIGTERM");
  while (isAlive(record) && performance.now() < deadline) await sleep(50);
  signal(record, "SIGKILL");
  while (isAlive(record)) await sleep(20);
  removeRecord(home, record.name);
}

/** Starts it. A start that something else ends (a signal) is made again; one that fails by itself is not. */
async function startService(
  home: string,
  spec: ServiceSpec,
  conditions: StartConditions,
): Promise<void> {
  for (let start = 1; ; start += 1) {
    await requireFreePorts(spec.ports);
    const { record, child } = spawnDetached(home, spec);
    try {
      await waitUntilHealthy(home, spec, record, conditions);
      return;
    } catch (error) {
      if (start === STARTS || isAlive(record) || !(await wasEnded(child))) throw error;
      conditions.onEnded?.(spec.title);
    }
  }
}

/** Whether a signal ended a process that is gone, or made it end. */
async function wasEnded(child: ChildProcess): Promise<boolean> {
  // Node learns of the end a moment later than the kernel.
  for (let tries = 0; tries < 50 && !hasEnded(child); tries += 1) await sleep(20);
  return child.signalCode !== null || child.exitCode === 0;
}

function hasEnded({ signalCode, exitCode }: ChildProcess): boolean {
  return signalCode !== null || exitCode !== null;
}

function spawnDetached(
  home: string,
  spec: ServiceSpec,
): { readonly record: ProcessRecord; readonly child: ChildProcess } {
  const log = logFile(home, spec.name);
  const descriptor = openLog(log);
  try {
    const child = spawn(spec.command, [...spec.arguments], {
      // A separate session, so that neither Ctrl-C in the terminal nor the CLI's exit reaches it.
      detached: true,
      stdio: ["ignore", descriptor, descriptor],
      env: { ...process.env, ...spec.environment },
      ...(spec.directory === undefined ? {} : { cwd: spec.directory }),
    });
    child.on("error", () => undefined);
    const identity = child.pid === undefined ? null : readProcessIdentity(child.pid);
    if (child.pid === undefined || identity === null) {
      throw new WhetstoneError(`${spec.title} could not be started: ${spec.command}`, {
        code: spec.errorCode,
        hint: "npm run setup",
        retryable: false,
      });
    }
    child.unref();
    const record: ProcessRecord = {
      name: spec.name,
      pid: child.pid,
      identity,
      startedAt: new Date().toISOString(),
      logFile: log,
      parameters: spec.parameters,
    };
    try {
      writeRecord(home, record);
    } catch (error) {
      // Without a record nobody would find the process again, and it would keep its ports.
      child.kill("SIGKILL");
      throw error;
    }
    return { record, child };
  } finally {
    closeSync(descriptor);
  }
}

async function waitUntilHealthy(
  home: string,
  spec: ServiceSpec,
  record: ProcessRecord,
  { checkNeeds }: StartConditions,
): Promise<void> {
  const deadline = performance.now() + spec.startTimeoutMs;
  for (;;) {
    checkNeeds?.();
    if (!isAlive(record)) {
      removeRecord(home, spec.name);
      throw notStarted(spec, `${spec.title} exited immediately after it started.`, record);
    }
    if (await spec.isHealthy(record)) return;
    if (performance.now() > deadline) {
      const seconds = Math.round(spec.startTimeoutMs / 1000);
      throw notStarted(
        spec,
        `${spec.title} (pid ${record.pid}) is not ready after ${seconds} s.`,
        record,
      );
    }
    await sleep(100);
  }
}

/** The error of a service that did not start, with the last lines of its log. */
export function notStarted(
  spec: Pick<ServiceSpec, "errorCode">,
  message: string,
  record: ProcessRecord,
): WhetstoneError {
  const lines = readLastLines(record.logFile, 8).map((line) => `    ${line.slice(0, 300)}`);
  const quoted = lines.length === 0 ? "" : ` Last lines of its log:\n${lines.join("\n")}`;
  return new WhetstoneError(message + quoted, {
    code: spec.errorCode,
    hint: `read ${record.logFile}; \`npx whetstone doctor\` checks what is installed`,
  });
}

function sameParameters(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => left[name] === right[name]);
}

function signal(record: ProcessRecord, name: NodeJS.Signals): void {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, name);
  } catch (error) {
    // The process ended between the check and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
