import type { Settings } from "../infra/settings.js";

/** What a worker process can take from the task queues. */
export type WorkerRole = "orchestrator" | "cpu" | "gpu";

/** Options of `runWorker`. */
export interface RunWorkerOptions {
  readonly roles: readonly WorkerRole[];
  readonly settings: Settings;
  /** Class of the GPU queue to serve, e.g. "a40"; needed for the gpu role. */
  readonly gpuClass: string;
  /** Called once, when every queue is polled. */
  readonly onReady?: () => void | Promise<void>;
  /** Aborting it shuts the worker down gracefully; SIGINT and SIGTERM do too. */
  readonly signal?: AbortSignal;
}

/**
 * Serves the task queues of the given roles until shut down. Throws `TEMPORAL_UNREACHABLE` and store errors
 * before it starts; waits for an engine that is not up yet.
 */
export function runWorker(options: RunWorkerOptions): Promise<void> {
  return Promise.reject(new Error(`not there yet: ${options.roles.join(" ")}`));
}
