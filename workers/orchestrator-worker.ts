import { Worker } from "@temporalio/worker";
import { createRecallActivities } from "../activities/local/recall-steps.js";
import { createRecordActivities } from "../activities/local/record-result.js";
import { createServeActivities } from "../activities/local/settle-answer.js";
import { readToolVersion } from "../infra/repository.js";
import { ORCHESTRATOR_QUEUE } from "../contracts/queues-and-ids.js";
import { deploymentOptions } from "./deployment.js";
import { loadWorkflowBundle } from "./workflow-bundle.js";
import type { WorkerContext } from "./worker-context.js";
import { SHUTDOWN_GRACE_TIME } from "./worker-context.js";

/** About 0.5 MB each. A sweep's workflows in flight should fit; others are replayed when needed. */
const MAX_CACHED_WORKFLOWS = 400;

/** Runs workflows and their local activities: reading the store and recording results. */
export async function createOrchestratorWorker(context: WorkerContext): Promise<Worker> {
  const {
    connection,
    namespace,
    dataConverter,
    store,
    logger,
    home,
    deploymentVersion,
    interceptors,
  } = context;
  return Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue: ORCHESTRATOR_QUEUE,
    interceptors,
    ...deploymentOptions(deploymentVersion),
    workflowBundle: await loadWorkflowBundle(
      home,
      logger,
      deploymentVersion === null ? "index" : "versioned",
    ),
    activities: {
      ...createRecallActivities({ store }),
      ...createRecordActivities({ store, toolVersion: readToolVersion() }),
      ...createServeActivities({ store }),
    },
    // Local activities only: the cpu queue has its own workers.
    enableNonLocalActivities: false,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
  });
}
