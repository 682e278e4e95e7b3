import { execFileSync } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import process from "node:process";
import { enginePython, isEngineReady } from "../../infra/dev-stack/engine-service.js";
import { isPortFree } from "../../infra/dev-stack/ports.js";
import { readStackStatus } from "../../infra/dev-stack/stack.js";
import { findTemporalCli } from "../../infra/dev-stack/temporal-cli.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { Settings } from "../../infra/settings.js";
import { connectClient, resolveTemporalTarget } from "../../infra/temporal/connection.js";
import { maskDatabaseUrl } from "../../store/database-url.js";
import { openStoreForReading } from "../../store/open-store.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import {
  KNOWN_MODELS,
  downloadBytes,
  isModelComplete,
  storedModelDirectory,
} from "../../infra/model-files/known.js";

/** Result of one check. */
export interface Check {
  readonly name: string;
  /** "stopped": not needed now; `run` starts it. */
  readonly state: "ok" | "missing" | "stopped";
  readonly found: string;
  /** How to fix it. */
  readonly fix?: string;
}

/** Minimum free disk space for results and logs, bytes. */
const neededBytes = 1_000_000_000;

/** Runs every check; never throws. */
export async function runChecks(settings: Settings): Promise<Check[]> {
  const python = checkProgram("engine Python", enginePython, ["--version"], "npm run setup");
  return [
    { name: "Node", state: "ok", found: process.versions.node },
    checkProgram("git", "git", ["--version"], "install git"),
    python,
    ...(python.state === "ok" ? [checkTorch()] : []),
    checkTemporalCli(settings),
    await checkTemporal(settings),
    await checkEngine(settings),
    ...checkWorkers(settings),
    await checkStore(settings),
    ...checkModels(settings),
    checkDisk(settings),
  ];
}

/** Checks the models that a config may name; the first use downloads them. */
function checkModels(settings: Settings): Check[] {
  return KNOWN_MODELS.map((model) => {
    const { name } = model;
    const directory = storedModelDirectory(name, settings.home);
    if (isModelComplete(directory)) return { name, state: "ok", found: directory };
    const size = (downloadBytes(model) / 1e6).toFixed(0);
    return {
      name,
      state: "stopped",
      found: `not downloaded; the first use downloads it (${size} MB)`,
    };
  });
}

function checkProgram(name: string, command: string, args: string[], fix: string): Check {
  const found = readFirstLine(command, args);
  return found === null
    ? { name, state: "missing", found: `${command} does not run`, fix }
    : { name, state: "ok", found };
}

function checkTorch(): Check {
  const script =
    "import torch; print(torch.__version__, 'cuda' if torch.cuda.is_available() else 'cpu')";
  return checkProgram("torch", enginePython, ["-c", script], "delete engine/.venv, npm run setup");
}

function checkTemporalCli(settings: Settings): Check {
  const name = "Temporal CLI";
  if (settings.externalTemporal) {
    return { name, state: "ok", found: "not needed: the environment names a server" };
  }
  try {
    const command = findTemporalCli();
    return { name, state: "ok", found: readFirstLine(command, ["--version"]) ?? command };
  } catch (error) {
    return { name, state: "missing", ...describe(error) };
  }
}

async function checkTemporal(settings: Settings): Promise<Check> {
  const name = "Temporal server";
  const { address, namespace } = resolveTemporalTarget(settings);
  try {
    const connection = await connectClient(settings, 2_000);
    await connection.close();
    return { name, state: "ok", found: `${address}, namespace ${namespace}` };
  } catch (error) {
    if (settings.externalTemporal) return { name, state: "missing", ...describe(error) };
    return checkStopped(name, settings.ports.temporal, "WHETSTONE_TEMPORAL_PORT");
  }
}

async function checkEngine(settings: Settings): Promise<Check> {
  const name = "engine";
  if (await isEngineReady(settings.engineUrl)) {
    return { name, state: "ok", found: settings.engineUrl };
  }
  if (settings.externalEngine) {
    const found = `nothing answers at ${settings.engineUrl}`;
    return { name, state: "missing", found, fix: "start it, or unset WHETSTONE_ENGINE_URL" };
  }
  return checkStopped(name, settings.ports.engine, "WHETSTONE_ENGINE_PORT");
}

async function checkStopped(name: string, port: number, variable: string): Promise<Check> {
  if (await isPortFree(port)) {
    return { name, state: "stopped", found: "not running; `run` and `dev up` start it" };
  }
  const found = `port ${port} is in use by another process`;
  return { name, state: "missing", found, fix: `set ${variable} to a free port` };
}

function checkWorkers(settings: Settings): Check[] {
  return readStackStatus(settings)
    .filter((service) => service.name.startsWith("worker-"))
    .map(({ name, alive, record }) =>
      alive
        ? { name, state: "ok", found: `pid ${record.pid}, log ${record.logFile}` }
        : { name, state: "stopped", found: "not running; `run` and `dev up` start it" },
    );
}

async function checkStore(settings: Settings): Promise<Check> {
  const name = "results";
  const url = maskDatabaseUrl(settings.databaseUrl);
  try {
    const store = await openStoreForReading(settings.databaseUrl);
    await store?.close();
    return { name, state: "ok", found: store === null ? `${url}, created by the first run` : url };
  } catch (error) {
    return { name, state: "missing", ...describe(error) };
  }
}

function checkDisk(settings: Settings): Check {
  const name = "disk";
  const { bavail, bsize } = statfsSync(existsSync(settings.home) ? settings.home : repositoryRoot);
  const found = `${((bavail * bsize) / 1e9).toFixed(1)} GB free for ${settings.home}`;
  return bavail * bsize >= neededBytes
    ? { name, state: "ok", found }
    : { name, state: "missing", found, fix: "free 1 GB, or set WHETSTONE_HOME elsewhere" };
}

function describe(error: unknown): { found: string; fix: string } {
  if (error instanceof WhetstoneError) return { found: error.message, fix: error.hint };
  return { found: error instanceof Error ? error.message : String(error), fix: "npm run setup" };
}

function readFirstLine(command: string, args: readonly string[]): string | null {
  try {
    const text = execFileSync(command, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 60_000,
    });
    return text.trim().split("\n")[0] ?? "";
  } catch {
    return null;
  }
}
