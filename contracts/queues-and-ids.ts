import type { FineTuneTarget } from "../domain/methods/fine-tune.js";
import type { UnitRole } from "../domain/units/unit.js";

/** Task queue of workflows. */
export const ORCHESTRATOR_QUEUE = "whetstone-orchestrator";

/** Task queue of light activities that use the store. */
export const CPU_QUEUE = "whetstone-cpu";

/** Queue that every GPU worker serves, whatever its class. */
const ANY_GPU_QUEUE = "whetstone-gpu";

/**
 * Shared task queue of all GPU workers of one class; of all GPU workers if there is none. A class with the name of
 * another role keeps off that role's queue.
 */
export function gpuQueue(gpuClass: string | undefined): string {
  if (gpuClass === undefined) return ANY_GPU_QUEUE;
  const queue = `whetstone-${gpuClass}`;
  return queue === CPU_QUEUE || queue === ORCHESTRATOR_QUEUE
    ? `${ANY_GPU_QUEUE}-${gpuClass}`
    : queue;
}

/**
 * Class of sweeps planned before a config could leave it out. Workers that are not told a class serve it, too, so that
 * those sweeps go on.
 */
export const FORMER_GPU_CLASS = "a40";

/** Task queue that only one GPU worker process serves. */
export function privateGpuQueue(worker: string): string {
  return `${ANY_GPU_QUEUE}-${worker}`;
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

/** Workflow id of one sample, which answers its units; each later start has the same id and another run id. */
export function sampleWorkflowId(sample: {
  readonly sweep: string;
  readonly role: UnitRole;
  readonly dataset: string;
  readonly sampleKey: string;
}): string {
  const { sweep, role, dataset, sampleKey } = sample;
  return role === "report"
    ? `${sweep}/${dataset}/${sampleKey}`
    : `${sweep}/${role}/${dataset}/${sampleKey}`;
}

/** Workflow id of a served request; asking again finds the same workflow. */
export function servedWorkflowId(request: {
  readonly sweep: string;
  readonly tenant: string;
  readonly requestId: string;
}): string {
  return `serve:${request.sweep}/${request.tenant}/${request.requestId}`;
}
