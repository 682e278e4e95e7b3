import { setTimeout as sleep } from "node:timers/promises";
import type { QueryDefinition, WorkflowHandle } from "@temporalio/client";
import { isGrpcServiceError, ServiceError } from "@temporalio/client";

/** As long as the longest wait for a busy machine in these tests. */
const LIMIT_MS = 60_000;

/**
 * Queries a workflow. A call that did not reach the workflow's worker in time is made again, since a query changes
 * nothing. An error of the query itself is thrown at once.
 */
export async function askWorkflow<Answer>(
  handle: WorkflowHandle,
  query: QueryDefinition<Answer> | string,
): Promise<Answer> {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await handle.query<Answer>(query);
    } catch (error) {
      const unanswered = error instanceof ServiceError || isGrpcServiceError(error);
      if (!unanswered || Date.now() > end) throw error;
      await sleep(200);
    }
  }
}
