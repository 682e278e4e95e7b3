import type { WorkerOptions } from "@temporalio/worker";

/** Name of Whetstone's deployment in a namespace. */
const DEPLOYMENT_NAME = "whetstone";

/**
 * Options of a worker that serves one of several versions of the workflows; none without a version: then every worker of
 * a queue takes every task.
 */
export function deploymentOptions(
  buildId: string | null,
): Pick<WorkerOptions, "workerDeploymentOptions"> {
  if (buildId === null) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT_NAME, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: "PINNED",
    },
  };
}
