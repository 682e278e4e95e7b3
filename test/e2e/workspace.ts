import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../infra/dev-stack/stack.js";
import { readStackStatus } from "../../infra/dev-stack/stack.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { Settings } from "../../infra/settings.js";
import { loadSettings } from "../../infra/settings.js";
import { openStore } from "../../store/open-store.js";
import type { Store } from "../../store/store.js";

/** Outcome of a command. */
export interface CliResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface RunningCli {
  readonly process: ChildProcess;
  /** Its stderr output so far. */
  stderr(): string;
  readonly ended: Promise<CliResult>;
}

/** A simulated user's machine: its own home folder and ports, and the real CLI. */
export interface Workspace {
  /** For configs and data. */
  readonly folder: string;
  /** WHETSTONE_HOME; created by the first command that needs it. */
  readonly home: string;
  readonly settings: Settings;
  /** Environment variables of its commands. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** Runs a command to completion. */
  run(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<CliResult>;
  /** Starts a command. */
  start(args: readonly string[], environment?: NodeJS.ProcessEnv): RunningCli;
  /** Writes a file into `folder` and returns its path. */
  write(name: string, text: string): string;
  services(): ServiceStatus[];
  openStore(databaseUrl?: string): Promise<Store>;
  /** Stops all started processes and removes the folder. */
  close(): Promise<void>;
}

/** Creates an empty workspace on free ports, below this folder. */
export async function createWorkspace(parent = tmpdir()): Promise<Workspace> {
  const folder = mkdtempSync(join(parent, "whetstone-e2e-"));
  const home = join(folder, "home");
  const [temporal, ui, engine] = await findFreePorts(3);
  const own: NodeJS.ProcessEnv = {
    WHETSTONE_HOME: home,
    WHETSTONE_TEMPORAL_PORT: String(temporal),
    WHETSTONE_TEMPORAL_UI_PORT: String(ui),
    WHETSTONE_ENGINE_PORT: String(engine),
  };
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(WHETSTONE_|TEMPORAL_|VITEST|NODE_ENV)/.test(name),
  );
  const environment: NodeJS.ProcessEnv = { ...Object.fromEntries(inherited), ...own };
  const settings = loadSettings(environment);

  const start = (args: readonly string[], extra: NodeJS.ProcessEnv = {}): RunningCli => {
    const child = spawn(process.execPath, [join(repositoryRoot, "bin", "whetstone.mjs"), ...args], {
      cwd: folder,
      env: { ...environment, ...extra },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<CliResult>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, stdout, stderr });
      });
    });
    return { process: child, stderr: () => stderr, ended };
  };
  const run = (args: readonly string[], extra?: NodeJS.ProcessEnv) => start(args, extra).ended;

  return {
    folder,
    home,
    settings,
    environment,
    run,
    start,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    services: () => readStackStatus(settings),
    openStore: (databaseUrl = settings.databaseUrl) => openStore(databaseUrl),
    async close() {
      await run(["dev", "down"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Polls until the answer is neither null nor false; fails after `timeoutMs`. */
export async function waitFor<Answer>(
  what: () => string,
  ask: () => Promise<Answer | null | false> | Answer | null | false,
  timeoutMs = 120_000,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what()}`);
    await sleep(50);
  }
}

/** Distinct ports that are currently free. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
