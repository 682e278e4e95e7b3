import type { Client } from "@temporalio/client";
import { cutText } from "../../../domain/text/cut-text.js";
import { readFailure } from "./read-failure.js";
import type { OpenWorkflow } from "./read-open-workflows.js";
import type { Deployment, Stall } from "./stall.js";

/** A worker that dies costs its workflow tasks one attempt; the third shows that another worker fails, too. */
const FAILING_FROM = 3;

/** Newest events to look through for the failure. */
const EVENTS = 20;

/** Characters of the failure to quote. */
const QUOTED = 200;

/** Finds a workflow whose tasks fail again and again: its code has changed, or has a bug. */
export async function findFailingWorkflow(
  workflows: readonly OpenWorkflow[],
  explain: (workflow: OpenWorkflow) => Promise<string | null>,
  deployment: Deployment,
): Promise<Stall | null> {
  const failing = workflows.filter(({ taskAttempt }) => taskAttempt >= FAILING_FROM);
  const [worst] = [...failing].sort((left, right) => right.taskAttempt - left.taskAttempt);
  if (worst === undefined) return null;
  const cause = (await explain(worst)) ?? "workers do not finish it";
  const others = failing.length > 1 ? ` and ${failing.length - 1} more` : "";
  return {
    code: "STALLED_WORKFLOW_FAILS",
    reason: `workers fail to run workflow ${worst.id}${others}, attempt ${worst.taskAttempt}: ${cause}`,
    next: describeNext(deployment),
  };
}

function describeNext({ sweep, temporalAddress, namespace }: Deployment): string {
  const terminate = [
    `engine/.venv/bin/temporal workflow terminate --address ${temporalAddress}`,
    ...(namespace === "default" ? [] : [`--namespace ${namespace}`]),
    `--query 'WhetstoneSweep="${sweep}"' --reason stalled --yes`,
  ];
  return `run workers of the version that started the sweep, or: ${terminate.join(" ")} && npx whetstone resume ${sweep}`;
}

/** Reads from the history why the workflow's last task failed; null if it timed out. */
export async function explainFailure(
  client: Client,
  workflow: OpenWorkflow,
): Promise<string | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId: workflow.id, runId: workflow.runId },
    maximumPageSize: EVENTS,
  });
  for (const event of history?.events ?? []) {
    const message = await readFailure(client, event.workflowTaskFailedEventAttributes?.failure);
    if (message) return cutText(message.replace(/\s+/g, " "), QUOTED);
  }
  return null;
}
