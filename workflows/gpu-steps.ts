import type { ActivityInterfaceFor } from "@temporalio/workflow";
import { proxyActivities } from "@temporalio/workflow";
import type { GpuActivities } from "../contracts/steps/gpu-activities.js";
import type { SweepPlan } from "../contracts/sweep-plan.js";
import { gpuQueue } from "../contracts/queues-and-ids.js";

/**
 * The one retry layer. An engine that restarts or is overloaded is waited for, some 20 minutes in
 * all; a server that names a longer wait gets it, a shorter one shortens nothing. Failures that no wait can heal
 * are marked by the activity itself.
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
 * Steps on the private queue of the worker that holds an adapter. Nobody else can run them, so a step
 * that is not taken within the plan's limit means that this worker is gone.
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
