import { join } from "node:path";
import { Worker } from "@temporalio/worker";
import { createGpuActivities } from "../activities/gpu/gpu-activities.js";
import { TextSources } from "../activities/support/text-source.js";
import type { EngineClient } from "../engine-client/engine-client.js";
import type { GpuIdentity } from "./gpu-identity.js";
import type { WorkerContext } from "./worker-context.js";
import { SHUTDOWN_GRACE_TIME } from "./worker-context.js";

/** Rows that an engine decodes at once; it batches requests in flight. */
const STEPS_ON_GPU = 64;

/** Rows after which a batch on a processor takes longer in proportion. */
const STEPS_ON_CPU = 16;

/**
 * The workers of a GPU process: one on each queue that it shares with others, and one on its private queue, for steps
 * that use adapters in its engine.
 */
export async function createGpuWorkers(
  context: WorkerContext,
  engine: EngineClient,
  { queues, identity }: { readonly queues: readonly string[]; readonly identity: GpuIdentity },
): Promise<Worker[]> {
  const { connection, namespace, dataConverter, store, home, interceptors } = context;
  const { worker, privateQueue } = identity;
  const activities = createGpuActivities({
    store,
    engine,
    texts: new TextSources(engine),
    adapterDirectory: join(home, "adapters"),
    worker,
    privateQueue,
  });
  const options = {
    connection,
    namespace,
    dataConverter,
    activities,
    interceptors,
    identity: worker,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
  };
  // More would wait in the engine, first come, first served, instead of in the queue, where sweeps take turns.
  const shared = engine.device === "cpu" ? STEPS_ON_CPU : STEPS_ON_GPU;
  const createWorker = (taskQueue: string, maxConcurrentActivityTaskExecutions: number) =>
    Worker.create({ ...options, taskQueue, maxConcurrentActivityTaskExecutions });
  return Promise.all([
    ...queues.map((queue) => createWorker(queue, shared)),
    // A step that waits here for long counts as lost, so none waits.
    createWorker(privateQueue, STEPS_ON_GPU),
  ]);
}
