import type { Worker } from "@temporalio/worker";
import type { EngineClient } from "../engine-client/engine-client.js";
import { sharedQueues } from "./shared-queues.js";
import { createGpuIdentity } from "./gpu-identity.js";
import { createGpuWorkers } from "./gpu-worker.js";
import { waitForEngine } from "./wait-for-engine.js";
import { watchEngine } from "./watch-engine.js";
import type { WorkerContext } from "./worker-context.js";

/** Options of `serveGpu`. */
export interface ServeGpuOptions {
  readonly engine: EngineClient;
  /** The class to serve; absent: that of the engine's device. */
  readonly gpuClass?: string | undefined;
  /** Stops serving. */
  readonly signal: AbortSignal;
  /** Called each time both queues are polled. */
  readonly onPolling: () => Promise<void>;
}

/**
 * Serves the GPU queues whenever the engine answers. While it does not, nothing is polled: tasks go
 * to workers whose engine is up instead of failing here one after the other. Returns when `signal`
 * aborts.
 */
export async function serveGpu(context: WorkerContext, options: ServeGpuOptions): Promise<void> {
  const { engine, gpuClass, signal, onPolling } = options;
  const identity = createGpuIdentity();
  while (await waitForEngine(engine, context.logger, signal)) {
    const queues = sharedQueues(gpuClass, engine.device);
    const workers = await createGpuWorkers(context, engine, { queues, identity });
    const ended = new AbortController();
    const running = Promise.all(workers.map((worker) => worker.run())).finally(() => {
      ended.abort();
    });
    context.logger.info("serving GPU queues", { queues, device: engine.device });
    await onPolling();
    const lost = await watchEngine(engine, AbortSignal.any([signal, ended.signal]));
    if (lost) {
      context.logger.warn(
        `the engine at ${engine.baseUrl} does not answer; this worker takes no tasks until it does`,
        { code: "ENGINE_UNREACHABLE" },
      );
    }
    stopAll(workers);
    await running;
  }
}

/** Shuts down the workers that run. */
export function stopAll(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
}
