import { join } from "node:path";
import { Worker } from "@temporalio/worker";
import { createGpuActivities } from "../activities/gpu/gpu-activities.js";
import { TextSources } from "../activities/support/text-source.js";
import type { EngineClient } from "../engine-client/engine-client.js";
import type { GpuIdentity } from "./gpu-identity.js";
import type { WorkerContext } from "./worker-context.js";
import { SHUTDOWN_GRACE_TIME } from "./worker-context.js";

/** Concurrent steps per queue: the engine batches requests in flight. */
const CONCURRENT_STEPS = 64;

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
    maxConcurrentActivityTaskExecutions: CONCURRENT_STEPS,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
  };
  return Promise.all(
    [...queues, privateQueue].map((taskQueue) => Worker.create({ ...options, taskQueue })),
  );
}
