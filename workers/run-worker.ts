import type { Worker } from "@temporalio/worker";
import { EngineClient } from "../engine-client/engine-client.js";
import type { Settings } from "../infra/settings.js";
import { connectWorker } from "../infra/temporal/connection.js";
import { openStore } from "../store/open-store.js";
import { createCpuWorker } from "./cpu-worker.js";
import { createGpuWorkers } from "./gpu-worker.js";
import { createOrchestratorWorker } from "./orchestrator-worker.js";
import { installRuntime } from "./runtime.js";
import { waitForEngine } from "./wait-for-engine.js";
import type { WorkerContext } from "./worker-context.js";
import type { WorkerRole } from "../contracts/worker-role.js";

/** Options of `runWorker`. */
export interface RunWorkerOptions {
  readonly roles: readonly WorkerRole[];
  readonly settings: Settings;
  /** Class of the GPU queue to serve, e.g. "a40"; used by the gpu role. */
  readonly gpuClass: string;
  /** Called once, when every queue is being polled. */
  readonly onReady?: () => void | Promise<void>;
  /** Aborting it shuts the worker down gracefully, as SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/**
 * Serves the task queues of the given roles until shutdown, which lets running steps finish. Throws
 * `TEMPORAL_UNREACHABLE` and the store's errors before it starts. Waits for an engine that is not
 * up yet and keeps running if one restarts.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { settings, roles } = options;
  const logger = installRuntime();
  const { connection, target } = await connectWorker(settings);
  const store = await openStore(settings.databaseUrl);
  const shutdown = listenForShutdown(options.signal);
  try {
    const context: WorkerContext = {
      connection,
      namespace: target.namespace,
      store,
      logger,
      home: settings.home,
    };
    const workers = await createWorkers(options, context, shutdown.signal);
    const running = workers.map((worker) => worker.run());
    const stop = (): void => {
      workers
        .filter((worker) => worker.getState() === "RUNNING")
        .forEach((w) => {
          w.shutdown();
        });
    };
    if (shutdown.signal.aborted) stop();
    else shutdown.signal.addEventListener("abort", stop, { once: true });
    if (workers.length > 0) await options.onReady?.();
    logger.info("worker ready", { roles, engine: settings.engineUrl });
    // If one queue fails, stop all of them: a half-working worker would look healthy.
    await Promise.all(running).finally(stop);
  } finally {
    shutdown.release();
    await store.close();
    await connection.close();
  }
}

async function createWorkers(
  { roles, settings, gpuClass }: RunWorkerOptions,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<Worker[]> {
  const workers: Worker[] = [];
  if (roles.includes("orchestrator")) workers.push(await createOrchestratorWorker(context));
  if (roles.includes("cpu")) workers.push(await createCpuWorker(context));
  if (roles.includes("gpu")) {
    const engine = new EngineClient({ baseUrl: settings.engineUrl });
    if (!(await waitForEngine(engine, context.logger, signal))) return [];
    workers.push(...(await createGpuWorkers(context, engine, gpuClass)));
  }
  return workers;
}

/** Combines SIGINT, SIGTERM and the caller's signal. */
function listenForShutdown(outer: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  release(): void;
} {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  process.on("SIGINT", abort);
  process.on("SIGTERM", abort);
  if (outer?.aborted === true) abort();
  outer?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", abort);
      process.off("SIGTERM", abort);
      outer?.removeEventListener("abort", abort);
    },
  };
}
