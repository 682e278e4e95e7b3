import type { Client } from "@temporalio/client";
import { toMilliseconds } from "./times.js";

/** What the server says about one task queue. */
export interface QueueState {
  readonly queue: string;
  readonly kind: "workflow" | "activity";
  /** Tasks that wait, of any sweep; about. */
  readonly backlog: number;
  /** How long the oldest of them has waited, milliseconds. */
  readonly backlogAgeMs: number;
  /** Milliseconds since a worker last asked for a task; null if none did in the last minutes. */
  readonly polledMsAgo: number | null;
}

/** Temporal's numbers of the kinds of tasks. */
const KINDS = { workflow: 1, activity: 2 } as const;

/** Asks the server about the backlog and the pollers of one task queue. */
export async function readQueue(
  client: Client,
  queue: string,
  kind: QueueState["kind"],
): Promise<QueueState> {
  const { pollers, stats } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the client does not export the enum
    taskQueueType: KINDS[kind],
    reportStats: true,
  });
  const polled = pollers.map(({ lastAccessTime }) => toMilliseconds(lastAccessTime) ?? 0);
  return {
    ...{ queue, kind },
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    backlogAgeMs: toMilliseconds(stats?.approximateBacklogAge) ?? 0,
    polledMsAgo: polled.length === 0 ? null : Date.now() - Math.max(...polled),
  };
}
