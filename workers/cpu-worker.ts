import { Client } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { createFineTuneActivities } from "../activities/cpu/fine-tune-set.js";
import { createExampleActivities } from "../activities/cpu/gather-examples.js";
import { createRecordActivities } from "../activities/local/record-result.js";
import { createSweepActivities } from "../activities/cpu/sweep-activities.js";
import { readToolVersion } from "../infra/repository.js";
import { CPU_QUEUE } from "../contracts/queues-and-ids.js";
import { deploymentOptions } from "./deployment.js";
import type { WorkerContext } from "./worker-context.js";
import { SHUTDOWN_GRACE_TIME } from "./worker-context.js";

/** Runs the lightweight activities that use the store. */
export async function createCpuWorker(context: WorkerContext): Promise<Worker> {
  const { connection, namespace, dataConverter, store, deploymentVersion, interceptors } = context;
  const dependencies = { store, toolVersion: readToolVersion() };
  const client = new Client({ connection, namespace, dataConverter });
  return Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue: CPU_QUEUE,
    interceptors,
    ...deploymentOptions(deploymentVersion),
    activities: {
      ...createRecordActivities(dependencies),
      ...createExampleActivities(dependencies),
      ...createFineTuneActivities(dependencies),
      ...createSweepActivities({ ...dependencies, client }),
    },
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
  });
}
