import type { ActivityInterfaceFor } from "@temporalio/workflow";
import { proxyActivities } from "@temporalio/workflow";
import type { GpuActivities } from "../contracts/steps/gpu-activities.js";
import type { SweepPlan } from "../contracts/sweep-plan.js";
import { gpuQueue } from "../contracts/queues-and-ids.js";

/**
 * The only retry layer. It waits about 20 minutes in total for an engine that restarts or is overloaded. A longer
 * wait requested by the server is honored; a shorter one is ignored. The activity itself marks failures that
 * waiting cannot fix.
 */
const retry = {
  initialInterval: "1s",
  backoffCoefficient: 2,
  maximumInterval: "30s",
  maximumAttempts: 45,
} as const;

/** Steps that any GPU worker of the class can run. */
export function sharedGpuSteps(
  plan: Pick<SweepPlan, "gpuClass">,
): ActivityInterfaceFor<GpuActivities> {
  return proxyActivities<GpuActivities>({
    taskQueue: gpuQueue(plan.gpuClass),
    startToCloseTimeout: "30m",
    heartbeatTimeout: "20s",
    retry,
  });
}

/**
 * Steps on the private queue of the worker that holds an adapter. No other worker can run them, so if a step
 * is not taken within the plan's limit, that worker is gone.
 */
export function privateGpuSteps(
  plan: Pick<SweepPlan, "privateQueueTimeoutSeconds">,
  taskQueue: string,
): ActivityInterfaceFor<GpuActivities> {
  return proxyActivities<GpuActivities>({
    taskQueue,
    scheduleToStartTimeout: `${plan.privateQueueTimeoutSeconds}s`,
    startToCloseTimeout: "30m",
    heartbeatTimeout: "20s",
    retry,
  });
}
