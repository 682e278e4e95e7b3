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
  /** Called once, when every queue is polled. */
  readonly onReady?: () => void | Promise<void>;
  /** Aborting it shuts the worker down gracefully; SIGINT and SIGTERM do too. */
  readonly signal?: AbortSignal;
}

/**
 * Serves the task queues of the given roles until shut down; running steps get time to end. Throws
 * `TEMPORAL_UNREACHABLE` and the store's errors before it starts; waits for an engine that is not up
 * yet, and goes on when one restarts.
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
    // One queue that fails takes the others along: half a worker would only look alive.
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

/** SIGINT, SIGTERM or the caller's signal, as one. */
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
