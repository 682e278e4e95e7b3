import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { enginePython, isEngineReady } from "../../infra/dev-stack/engine-service.js";
import { findTemporalCli } from "../../infra/dev-stack/temporal-cli.js";
import { isTemporalReady } from "../../infra/temporal/namespace.js";
import { repositoryRoot } from "../../infra/repository.js";
import { searchAttributeTypes } from "../../infra/temporal/search-attributes.js";
import type { TestServers } from "./harness.js";

const START_LIMIT_MS = 300_000;

/**
 * Starts a Temporal server with these namespaces, and an engine. The model is WHETSTONE_TEST_MODEL,
 * by default the bundled one.
 */
export async function startServers(
  namespaces: readonly string[],
): Promise<{ servers: TestServers; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-workflow-tests-"));
  const model = process.env["WHETSTONE_TEST_MODEL"] ?? join(repositoryRoot, "models", "tiny");
  if (!existsSync(join(model, "model.safetensors"))) {
    throw new Error(`No model in ${model}: name a directory with WHETSTONE_TEST_MODEL.`);
  }
  const temporalPort = await findFreePort();
  const enginePort = await findFreePort();
  const temporal = spawn(
    findTemporalCli(),
    [
      ...["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(temporalPort)],
      ...["--db-filename", join(folder, "temporal.db"), "--log-level", "error"],
      ...["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"],
      ...["--dynamic-config-value", "matching.enableFairness=true"],
      ...namespaces.flatMap((name) => ["--namespace", name]),
      ...Object.entries(searchAttributeTypes).flatMap(([name, type]) => [
        "--search-attribute",
        `${name}=${type}`,
      ]),
    ],
    { stdio: "ignore" },
  );
  const engineLog = join(folder, "engine.log");
  const engine = spawnEngine(model, enginePort, join(folder, "artifacts"), engineLog);
  const engineUrl = `http://127.0.0.1:${enginePort}`;
  const stop = async (): Promise<void> => {
    await Promise.all([temporal, engine].map(stopProcess));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil("the engine", engine, () => isEngineReady(engineUrl));
    for (const namespace of namespaces) {
      await waitUntil("the Temporal server", temporal, () =>
        isTemporalReady(`127.0.0.1:${temporalPort}`, namespace),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers: { temporalPort, folder, engineUrl, engineLog, model }, stop };
}

/**
 * Starts an engine process, with its output in a file if one is named; wait for `isEngineReady`.
 */
export function spawnEngine(
  model: string,
  port: number,
  artifacts: string,
  log?: string,
): ChildProcess {
  const messages = log === undefined ? "ignore" : openSync(log, "a");
  return spawn(
    enginePython,
    [
      ...["-m", "whetstone_engine", "--model", model, "--host", "127.0.0.1"],
      ...["--port", `${port}`, "--artifact-dir", artifacts],
    ],
    { stdio: ["ignore", messages, messages] },
  );
}

/** A free port of the loopback interface. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until a newly started server responds. */
export async function waitUntil(
  what: string,
  server: ChildProcess,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    if (await isReady()) return;
    if (server.exitCode !== null) throw new Error(`${what} exited immediately`);
    await sleep(200);
  }
  throw new Error(`${what} did not start`);
}

/** Stops a server, with SIGKILL if it does not exit. */
export async function stopProcess(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((done) => server.once("exit", done));
  server.kill("SIGTERM");
  const killer = setTimeout(() => server.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}
