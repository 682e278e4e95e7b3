import type { Client, WorkflowExecutionDescription } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import { sweepWorkflowId } from "../../../contracts/queues-and-ids.js";
import { readFailure } from "./read-failure.js";
import { toMilliseconds } from "./times.js";

/** An activity that waits or runs. */
export interface OpenStep {
  readonly type: string;
  readonly queue: string;
  /** From 1. */
  readonly attempt: number;
  /** When this attempt was scheduled, milliseconds since 1970. */
  readonly scheduledAt: number;
  /** When it last sent a heartbeat, or was taken if it has sent none; null if it waits. */
  readonly aliveAt: number | null;
  /** Message of the failure of the attempt before this one. */
  readonly lastFailure: string | null;
}

/** An open workflow of a sweep. */
export interface OpenWorkflow {
  readonly id: string;
  readonly runId: string;
  readonly startedAt: number;
  /** Attempts at its current workflow task; 0 if it has none. */
  readonly taskAttempt: number;
  readonly steps: readonly OpenStep[];
}

/** The open workflows of a sweep. */
export interface OpenWorkflows {
  readonly root: OpenWorkflow;
  /** Partitions, trainings of whole sweeps and units, the oldest units first. */
  readonly others: readonly OpenWorkflow[];
}

/**
 * Describes the sweep's root, what it has started, and of each partition the oldest `unitLimit` units. Null if the
 * sweep has no open workflow.
 */
export async function readOpenWorkflows(
  client: Client,
  sweep: string,
  unitLimit: number,
): Promise<OpenWorkflows | null> {
  const root = await describe(client, sweepWorkflowId(sweep));
  if (root === null) return null;
  const children = await describeChildren(client, root, Number.POSITIVE_INFINITY);
  const units = await Promise.all(
    children.map((child) => describeChildren(client, child, unitLimit)),
  );
  const others = [...children, ...units.flat()].map((each) => toWorkflow(client, each));
  return { root: await toWorkflow(client, root), others: await Promise.all(others) };
}

/** The oldest open children of a workflow. */
async function describeChildren(
  client: Client,
  { raw }: WorkflowExecutionDescription,
  limit: number,
): Promise<WorkflowExecutionDescription[]> {
  const ids = [...(raw.pendingChildren ?? [])]
    .sort((left, right) => Number(left.initiatedId ?? 0) - Number(right.initiatedId ?? 0))
    .slice(0, limit)
    .map(({ workflowId }) => workflowId ?? "");
  const described = await Promise.all(ids.map((id) => describe(client, id)));
  return described.filter((child) => child !== null);
}

/** Null if the workflow does not exist or has ended. */
async function describe(client: Client, id: string): Promise<WorkflowExecutionDescription | null> {
  try {
    const description = await client.workflow.getHandle(id).describe();
    return description.status.name === "RUNNING" ? description : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function toWorkflow(
  client: Client,
  { workflowId, runId, startTime, raw }: WorkflowExecutionDescription,
): Promise<OpenWorkflow> {
  const steps = (raw.pendingActivities ?? []).map(async (step) => ({
    type: step.activityType?.name ?? "",
    queue: step.activityOptions?.taskQueue?.name ?? "",
    attempt: step.attempt ?? 1,
    scheduledAt: toMilliseconds(step.scheduledTime) ?? 0,
    aliveAt:
      Number(step.state) === STARTED
        ? (toMilliseconds(step.lastHeartbeatTime) ?? toMilliseconds(step.lastStartedTime))
        : null,
    lastFailure: await readFailure(client, step.lastFailure),
  }));
  return {
    ...{ id: workflowId, runId, startedAt: startTime.getTime() },
    taskAttempt: raw.pendingWorkflowTask?.attempt ?? 0,
    steps: await Promise.all(steps),
  };
}

/** Temporal's number of the state of an activity that a worker has taken. */
const STARTED = 2;
