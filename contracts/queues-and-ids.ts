import type { FineTuneTarget } from "../domain/methods/fine-tune.js";

/** Task queue of workflows. */
export const ORCHESTRATOR_QUEUE = "whetstone-orchestrator";

/** Task queue of light activities that use the store. */
export const CPU_QUEUE = "whetstone-cpu";

/** Shared task queue of all GPU workers of one class. */
export function gpuQueue(gpuClass: string): string {
  return `whetstone-${gpuClass}`;
}

/** Workflow id of a sweep's root; a second start attaches to the running one. */
export function sweepWorkflowId(sweep: string): string {
  return `sweep:${sweep}`;
}

/** Workflow id of the workflow that trains one adapter for a whole sweep. */
export function fineTuneWorkflowId(sweep: string, target: FineTuneTarget): string {
  return `sweep:${sweep}/fine-tune/${target.variant}/${target.seed}/${target.dataset}`;
}

/** Workflow id of one partition of a sweep's phase. */
export function partitionWorkflowId(
  sweep: string,
  phase: "calibration" | "report",
  partition: number,
): string {
  return `sweep:${sweep}/${phase}/${partition}`;
}
