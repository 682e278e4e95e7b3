import type { Worker } from "@temporalio/worker";
import { EngineClient } from "../engine-client/engine-client.js";
import type { Settings } from "../infra/settings.js";
import { connectWorker, describeStartFailure } from "../infra/temporal/connection.js";
import { createDataConverter } from "../infra/temporal/data-converter.js";
import { createCpuWorker } from "./cpu-worker.js";
import { createOrchestratorWorker } from "./orchestrator-worker.js";
import { measureActivities } from "./metrics/measure-activities.js";
import { openStoreWhenThere } from "./open-store-when-there.js";
import { installRuntime } from "./runtime.js";
import { serveGpu, stopAll } from "./serve-gpu.js";
import type { WorkerContext } from "./worker-context.js";
import type { WorkerRole } from "../contracts/worker-role.js";

/** Options of `runWorker`. */
export interface RunWorkerOptions {
  readonly roles: readonly WorkerRole[];
  readonly settings: Settings;
  /** Class that the gpu role serves, e.g. "h100"; absent: that of its engine's device. */
  readonly gpuClass?: string | undefined;
  /** Called once, when every queue is being polled for the first time. */
  readonly onReady?: () => void | Promise<void>;
  /** Aborting it shuts the worker down gracefully, as SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/**
 * Serves the task queues of the given roles until shutdown, which lets running steps finish. Throws
 * `TEMPORAL_UNREACHABLE`, `TEMPORAL_NAMESPACE_MISSING`, `PAYLOAD_KEYS_INVALID` and the store's errors before it starts,
 * those that heal only after two minutes. The gpu role serves its queues whenever its engine answers.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { settings } = options;
  const dataConverter = createDataConverter();
  const logger = installRuntime(settings.metricsAddress);
  const { connection, target } = await connectWorker(settings);
  const store = await openStoreWhenThere(settings.databaseUrl, logger);
  const shutdown = listenForShutdown(options.signal);
  try {
    const context: WorkerContext = {
      connection,
      namespace: target.namespace,
      dataConverter,
      store,
      logger,
      home: settings.home,
      deploymentVersion: settings.deploymentVersion,
      interceptors: { activity: [measureActivities()] },
    };
    await serve(options, context, shutdown);
  } catch (error) {
    throw describeStartFailure(target, settings, error);
  } finally {
    shutdown.release();
    await store.close();
    await connection.close();
  }
}

/** Serves every role until shutdown. */
async function serve(
  { roles, settings, gpuClass, onReady }: RunWorkerOptions,
  context: WorkerContext,
  shutdown: Shutdown,
): Promise<void> {
  const { signal } = shutdown;
  const workers: Worker[] = [];
  if (roles.includes("orchestrator")) workers.push(await createOrchestratorWorker(context));
  if (roles.includes("cpu")) workers.push(await createCpuWorker(context));
  const running = workers.map((worker) => worker.run());
  const stop = (): void => {
    stopAll(workers);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  let announced = false;
  const announce = async (): Promise<void> => {
    if (announced) return;
    announced = true;
    await onReady?.();
    context.logger.info("worker ready", { roles, engine: settings.engineUrl });
  };
  if (roles.includes("gpu")) {
    const engine = new EngineClient({ baseUrl: settings.engineUrl });
    running.push(serveGpu(context, { engine, gpuClass, signal, onPolling: announce }));
  } else {
    running.push(announce());
  }
  // If one role fails, stop all of them: a half-working worker would look healthy.
  try {
    await Promise.all(running);
  } finally {
    shutdown.abort();
    await Promise.allSettled(running);
  }
}

/** The request to stop, from outside or from within. */
interface Shutdown {
  readonly signal: AbortSignal;
  abort(): void;
  /** Stops listening. */
  release(): void;
}

/** Combines SIGINT, SIGTERM and the caller's signal. */
function listenForShutdown(outer: AbortSignal | undefined): Shutdown {
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
    abort,
    release() {
      process.off("SIGINT", abort);
      process.off("SIGTERM", abort);
      outer?.removeEventListener("abort", abort);
    },
  };
}
