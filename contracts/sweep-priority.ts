import type { Priority } from "@temporalio/common";

/**
 * Priority of a sweep's root workflow, which everything that it starts inherits. Lower keys go first; 3 is Temporal's
 * default. Root and partitions have little to do and keep all units waiting. While tasks of several sweeps wait in a
 * queue, each sweep gets the same share of it, however many tasks it has.
 */
export function sweepPriority(sweep: string): Priority {
  // A fairness key has at most 64 bytes, as many as a sweep's name.
  return { priorityKey: 1, fairnessKey: sweep };
}

/** Priority of the workflows that compute, instead of their parent's. */
export const UNIT_PRIORITY: Priority = { priorityKey: 3 };
