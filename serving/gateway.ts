import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import type { WorkflowHandle } from "@temporalio/client";
import {
  ApplicationFailure,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@temporalio/common";
import { answerUpdate } from "../contracts/messages.js";
import { ORCHESTRATOR_QUEUE, servedWorkflowId } from "../contracts/queues-and-ids.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import type { ServeRequestInput } from "../contracts/serve-request.js";
import type { EngineDtype } from "../domain/config/engine-dtype.js";
import type { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { servedRequestKey } from "../domain/served/request-key.js";
import type { ServedAnswer } from "../domain/served/served-answer.js";
import type { Store } from "../store/store.js";
import type { ChatRequest } from "./chat-request.js";
import type { FeedbackRequest } from "./feedback-request.js";
import type { StoredFeedback } from "./give-feedback.js";
import { giveFeedback } from "./give-feedback.js";
import type { ServedModel } from "./prepare-serving.js";
import { planFor } from "./prepare-serving.js";
import { refuseRequest } from "./request-error.js";
import { toUnit } from "./to-unit.js";

/** Pause before the server or the store is asked again, milliseconds. */
const PAUSE_MS = 500;

/** Before all sweeps, whose tasks have the default, 3. */
const PRIORITY = { priorityKey: 1 };

/** Who asks, under which id. */
export interface Asker {
  readonly tenant: string;
  readonly requestId: string;
  /** Latency budget, milliseconds; null: none. */
  readonly budgetMs: number | null;
  /** Ends the wait, not the request. */
  readonly signal: AbortSignal;
}

/** A request's answer. */
export interface Answered {
  readonly key: string;
  /** When the request was first accepted, ISO 8601. */
  readonly acceptedAt: string;
  readonly answer: ServedAnswer;
  /** Whether the answer was settled before this request came. */
  readonly isRepeated: boolean;
}

/** The services behind an endpoint. */
export interface GatewayOptions {
  readonly client: Client;
  readonly store: Store;
  readonly served: ServedModel;
  /** Type of numbers of the engine; null: not known, every engine is accepted. */
  readonly dtype: EngineDtype | "any" | null;
}

/** Answers requests by durable workflows. */
export interface Gateway {
  /**
   * Accepts a request, or finds the one of the same tenant and id, and waits for its answer. Throws
   * `SERVE_REQUEST_CONFLICT` if that one asked for something else, `SERVE_FAILED`, and `signal`'s reason.
   */
  ask(request: ChatRequest, asker: Asker): Promise<Answered>;
  /** Stores what a tenant says about an answer; see `giveFeedback`. */
  judge(feedback: FeedbackRequest, tenant: string): Promise<StoredFeedback>;
}

/** Creates the gateway of one endpoint. */
export function createGateway(options: GatewayOptions): Gateway {
  const { store, served, dtype } = options;
  const { sweep } = served.config;
  return {
    judge: (feedback, tenant) => giveFeedback(feedback, { store, served, tenant }),

    async ask(request, { tenant, requestId, budgetMs, signal }) {
      const key = servedRequestKey({ sweep, tenant, requestId });
      const { sample, input } = toUnit(request, key, served, planFor(served, dtype, tenant));
      const { variant, seed, dataset, sampleKey } = input.unit;
      const accepted = await store.acceptServedRequest(
        {
          ...{ key, sweep, tenant, requestId, bodyHash: request.bodyHash },
          ...{ variant, seed, dataset, sampleKey, budgetMs },
          acceptedAt: new Date().toISOString(),
        },
        sample,
      );
      if (accepted.bodyHash !== request.bodyHash) throw conflict(requestId);
      const { acceptedAt } = accepted;
      if (accepted.answer !== null) {
        return { key, acceptedAt, answer: accepted.answer, isRepeated: true };
      }
      const answer = await waitForAnswer(options, {
        workflowId: servedWorkflowId({ sweep, tenant, requestId }),
        signal,
        input: {
          requestKey: key,
          sample: input,
          acceptedAt,
          // The budget of a request that is asked again is the one that it came with.
          ...(accepted.budgetMs === null ? {} : { budgetMs: accepted.budgetMs }),
          oneCall: request.oneCall,
        },
      });
      return { key, acceptedAt, answer, isRepeated: false };
    },
  };
}

interface Wait {
  readonly workflowId: string;
  readonly input: ServeRequestInput;
  readonly signal: AbortSignal;
}

/**
 * Starts the request's workflow, or attaches to it, and waits until it is settled. Goes on after a lost connection and
 * a restarted server, until `signal` aborts.
 */
async function waitForAnswer(options: GatewayOptions, wait: Wait): Promise<ServedAnswer> {
  const { client, store } = options;
  const { input, signal } = wait;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await client.withAbortSignal(signal, async () => {
        const handle = await start(client, wait);
        return handle.executeUpdate(answerUpdate);
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof WorkflowExecutionAlreadyStartedError) return readClosed(client, wait);
      // The workflow may have ended while we waited.
      const settled = await store.getServedRequest(input.requestKey);
      if (settled?.answer) return settled.answer;
      if (error instanceof WorkflowUpdateFailedError) throw failed(error.cause);
      if (!isPassing(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function start(client: Client, { workflowId, input }: Wait): Promise<WorkflowHandle> {
  const { unit, variant, plan } = input.sample;
  return client.workflow.start("serveRequestWorkflow", {
    taskQueue: ORCHESTRATOR_QUEUE,
    workflowId,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    // A request that failed may be asked again; one that was answered may not be answered twice.
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    priority: PRIORITY,
    staticSummary: `${variant.name} for ${plan.tenant ?? ""}, seed ${unit.seed}`,
    typedSearchAttributes: [
      { key: searchAttributes.variant, value: variant.name },
      { key: searchAttributes.seed, value: unit.seed },
    ],
  });
}

/** The answer of a workflow that has ended although the store does not have its answer: the store was replaced. */
async function readClosed(client: Client, { workflowId }: Wait): Promise<ServedAnswer> {
  try {
    return (await client.workflow.getHandle(workflowId).result()) as ServedAnswer;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failed(error.cause) : error;
  }
}

/** Codes of gRPC that waiting does not change: invalid argument, permission denied, unimplemented, unauthenticated. */
const PERMANENT: readonly number[] = [3, 7, 12, 16];

/** Whether waiting helps: a closed workflow is started again, a lost connection comes back. */
function isPassing(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return !PERMANENT.includes(cause.code);
  return error instanceof ServiceError;
}

function failed(cause: unknown): WhetstoneError {
  const isCoded = cause instanceof ApplicationFailure;
  const reason = cause instanceof Error ? cause.message : "its workflow was ended from outside.";
  return refuseRequest(
    "SERVE_FAILED",
    `The request has no answer: ${reason}${isCoded ? ` (${cause.type ?? "UNKNOWN"})` : ""}`,
    { hint: "Ask again with the same request id.", cause },
  );
}

function conflict(requestId: string): WhetstoneError {
  return refuseRequest(
    "SERVE_REQUEST_CONFLICT",
    `Request id ${requestId} was used for another request.`,
    { hint: "Send another X-Request-Id." },
  );
}
