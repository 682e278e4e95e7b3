import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { loadConfig } from "../../planning/load-config.js";
import { planSweep } from "../../planning/plan-sweep.js";
import { prepareSweep } from "../../planning/prepare-sweep.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { Settings } from "../../infra/settings.js";
import { connectClient } from "../../infra/temporal/connection.js";
import { openStore } from "../../store/open-store.js";
import type { Store } from "../../store/store.js";
import type { WorkerRole } from "../../contracts/worker-role.js";
import { runWorker } from "../../workers/run-worker.js";

/** Servers that run for the whole test run, started by global-setup.ts. */
export interface TestServers {
  readonly temporalPort: number;
  /** Holds the database of the Temporal server, `temporal.db`. */
  readonly folder: string;
  readonly engineUrl: string;
  /** File with the engine's output. */
  readonly engineLog: string;
  /** Directory of the model that the engine serves. */
  readonly model: string;
}

/** A worker inside this process. */
export interface RunningWorker {
  /** Shuts it down gracefully. */
  stop(): Promise<void>;
}

/** A namespace, store and home folder for one test file, on the shared servers. */
export interface Harness {
  readonly client: Client;
  readonly store: Store;
  readonly settings: Settings;
  readonly namespace: string;
  /** Starts a worker and waits until it polls. */
  startWorker(
    roles: readonly WorkerRole[],
    own?: Partial<Pick<Settings, "engineUrl" | "deploymentVersion">>,
  ): Promise<RunningWorker>;
  /** Loads, prepares and stores a config given as YAML lines. */
  plan(lines: readonly string[]): Promise<ResolvedConfig>;
  close(): Promise<void>;
}

/** Opens a harness in a namespace that global-setup.ts has created. */
export async function openHarness(
  servers: TestServers,
  namespace: string,
  engineUrl = servers.engineUrl,
): Promise<Harness> {
  // These tests provoke failures, so only errors are logged.
  process.env["WHETSTONE_LOG_LEVEL"] = "error";
  const home = mkdtempSync(join(tmpdir(), `whetstone-${namespace}-`));
  process.env["TEMPORAL_NAMESPACE"] = namespace;
  const settings: Settings = {
    home,
    databaseUrl: `sqlite:${join(home, "whetstone.db")}`,
    engineUrl,
    engineDtype: "auto",
    externalTemporal: false,
    externalEngine: true,
    ports: { temporal: servers.temporalPort, ui: 0, engine: 0 },
    temporalUiUrl: "http://127.0.0.1:0",
    metricsAddress: process.env["WHETSTONE_METRICS_ADDRESS"] ?? null,
    deploymentVersion: null,
  };
  const store = await openStore(settings.databaseUrl);
  const connection = await connectClient(settings);
  const workers: RunningWorker[] = [];
  return {
    client: connection.client,
    store,
    settings,
    namespace,
    async startWorker(roles, own) {
      const worker = await startWorker({ ...settings, ...own }, roles);
      workers.push(worker);
      return worker;
    },
    async plan(lines) {
      const path = join(home, "config.yaml");
      // What the bundled model was trained on: short prompts, whoever the model is.
      const own = [`model: ${servers.model}`, "prompt: compact", "format: tags"];
      writeFileSync(path, [...own, ...lines].join("\n"));
      const prepared = await prepareSweep({ loaded: loadConfig(path) });
      await planSweep(store, prepared);
      return prepared.config;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startWorker(
  settings: Settings,
  roles: readonly WorkerRole[],
): Promise<RunningWorker> {
  const controller = new AbortController();
  const { promise: ready, resolve } = withResolvers();
  const running = runWorker({
    ...{ roles, settings, signal: controller.signal },
    onReady: resolve,
  });
  await Promise.race([ready, running]);
  let stopped = false;
  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      controller.abort();
      await running;
    },
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
