import { CPU_QUEUE } from "../../../contracts/queues-and-ids.js";
import type { OpenWorkflow } from "./read-open-workflows.js";
import type { QueueState } from "./read-queue.js";
import type { Deployment, Stall } from "./stall.js";

/** Tasks wait this long, milliseconds, before their queue counts as unserved: workers may just be starting. */
const WAITS_MS = 5_000;

/** A live worker with room asks again at once while tasks wait. */
const POLLS_WITHIN_MS = 15_000;

/** A step that runs sends a heartbeat at least this often, milliseconds, as the server sees it. */
const BEATS_WITHIN_MS = 20_000;

/** Whether tasks wait and no worker asks for them; it may be busy with as many as it can take. */
export function seemsUnserved({ backlog, backlogAgeMs, polledMsAgo }: QueueState): boolean {
  const polled = polledMsAgo !== null && polledMsAgo <= POLLS_WITHIN_MS;
  return backlog > 0 && backlogAgeMs >= WAITS_MS && !polled;
}

/** Finds a queue in which work waits and that no live worker serves. Steps that run prove that a worker lives. */
export function findUnservedQueue(
  queues: readonly QueueState[],
  workflows: readonly OpenWorkflow[],
  deployment: Deployment,
  now: number,
): Stall | null {
  const steps = workflows.flatMap((workflow) => workflow.steps);
  const isAlive = ({ kind, queue }: QueueState): boolean =>
    kind === "activity" &&
    steps.some(
      // A worker that serves a private queue serves a shared one, too.
      (step) =>
        (step.queue === CPU_QUEUE) === (queue === CPU_QUEUE) &&
        step.aliveAt !== null &&
        now - step.aliveAt <= BEATS_WITHIN_MS,
    );
  const unserved = queues.find((queue) => seemsUnserved(queue) && !isAlive(queue));
  if (unserved === undefined) return null;
  const role = roleOf(unserved);
  const tasks = unserved.backlog === 1 ? "1 task waits" : `${unserved.backlog} tasks wait`;
  const cause =
    role === "gpu" ? "no worker of role gpu whose engine answers" : `no worker of role ${role}`;
  return {
    code: "STALLED_NO_WORKER",
    reason: `${tasks} in queue ${unserved.queue}, and ${cause} takes them`,
    next: deployment.externalTemporal
      ? `npx whetstone worker ${role}${role === "gpu" ? ", beside an engine" : ""}`
      : `npx whetstone resume ${deployment.sweep}`,
  };
}

function roleOf({
  kind,
  queue,
}: Pick<QueueState, "kind" | "queue">): "orchestrator" | "cpu" | "gpu" {
  if (kind === "workflow") return "orchestrator";
  return queue === CPU_QUEUE ? "cpu" : "gpu";
}
