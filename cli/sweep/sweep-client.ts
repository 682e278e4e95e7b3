import { setTimeout as sleep } from "node:timers/promises";
import type { Client, WorkflowHandle } from "@temporalio/client";
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from "@temporalio/client";
import { CancelledFailure } from "@temporalio/common";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ResultRow } from "../../store/store.js";
import { ensureSearchAttributes } from "../../infra/temporal/search-attributes.js";
import type { Settings } from "../../infra/settings.js";
import type { SweepProgress } from "../../contracts/messages.js";
import {
  pauseSignal,
  progressQuery,
  setConcurrencySignal,
  unpauseSignal,
} from "../../contracts/messages.js";
import { searchAttributes } from "../../contracts/search-attributes.js";
import type { RecordPlace } from "../../contracts/sweep-plan.js";
import type { SweepInput, SweepResult } from "../../contracts/sweep-input.js";
import { ORCHESTRATOR_QUEUE, sweepWorkflowId } from "../../contracts/queues-and-ids.js";
import { sweepPriority } from "../../contracts/sweep-priority.js";

/** A sweep's root workflow, newly started or already running. */
export interface RunningSweep {
  readonly sweep: string;
  readonly runId: string;
  /** True if the sweep was already running. */
  readonly attached: boolean;
  /** Progress as the workflow sees it; null if it is unavailable now. */
  progress(): Promise<SweepProgress | null>;
  /**
   * Waits for the end. Throws `SWEEP_CANCELLED`, or `SWEEP_WORKFLOW_FAILED` if the root workflow itself failed or was
   * terminated.
   */
  result(): Promise<SweepResult>;
}

/** The sweep to start. */
export interface StartSweepOptions {
  readonly config: ResolvedConfig;
  /** Also rerun `failed` units (`whetstone retry SWEEP --failed`). */
  readonly retryFailed?: boolean;
  /** Where results are scored and written; default: where it was measured to be faster. */
  readonly recordOn?: RecordPlace;
  /** What has a workflow of its own; default: each sample. */
  readonly workflowPer?: "sample" | "unit";
}

/** How long a watched sweep waits for an unreachable Temporal server. */
const AWAY_LIMIT_MS = 600_000;
/** Pause between two attempts to reach it. */
const RECONNECT_PAUSE_MS = 2_000;
/** A request that lasted longer than this had a connection. */
const CONNECTED_MS = 60_000;

/** See docs/decisions: recordResult runs as a local activity. */
const DEFAULT_RECORD_PLACE: RecordPlace = "local";

/**
 * Starts the sweep's root workflow over its stored units, or attaches to the running one. The plan must already be in
 * the store.
 */
export async function startSweep(
  client: Client,
  options: StartSweepOptions,
): Promise<RunningSweep> {
  const { config } = options;
  const input: SweepInput = {
    sweep: config.sweep,
    run: config.run,
    retryFailed: options.retryFailed ?? false,
    recordOn: options.recordOn ?? DEFAULT_RECORD_PLACE,
    ...(options.workflowPer === "unit" ? {} : { workflowPer: "sample" }),
  };
  const workflowId = sweepWorkflowId(config.sweep);
  await ensureSearchAttributes(client);
  try {
    const handle = await client.workflow.start("sweepWorkflow", {
      taskQueue: ORCHESTRATOR_QUEUE,
      workflowId,
      args: [input],
      staticSummary: `sweep ${config.sweep}`,
      staticDetails: describeSweep(config),
      typedSearchAttributes: [{ key: searchAttributes.sweep, value: config.sweep }],
      priority: sweepPriority(config.sweep),
    });
    return toRunningSweep(config.sweep, handle, handle.firstExecutionRunId, false);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const running = await findRunningSweep(client, config.sweep);
    // The workflow ended between the rejected start and the lookup, so it can be started now.
    return running ?? (await startSweep(client, options));
  }
}

/** Finds the sweep's root workflow; null if none is open. */
export async function findRunningSweep(
  client: Client,
  sweep: string,
): Promise<RunningSweep | null> {
  const handle = client.workflow.getHandle(sweepWorkflowId(sweep));
  try {
    const description = await handle.describe();
    if (description.status.name !== "RUNNING") return null;
    return toRunningSweep(sweep, handle, description.runId, true);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Cancels the sweep and all its open units; resume runs the rest. Throws `SWEEP_NOT_RUNNING`. */
export async function cancelSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () => client.workflow.getHandle(sweepWorkflowId(sweep)).cancel());
}

/** Pauses the sweep: no more units start until `unpauseSweep`. Throws `SWEEP_NOT_RUNNING`. */
export async function pauseSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () => client.workflow.getHandle(sweepWorkflowId(sweep)).signal(pauseSignal));
}

/** Continues after `pauseSweep`. Throws `SWEEP_NOT_RUNNING`. */
export async function unpauseSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () =>
    client.workflow.getHandle(sweepWorkflowId(sweep)).signal(unpauseSignal),
  );
}

/** Changes the maximum units in flight over the whole sweep. Throws `SWEEP_NOT_RUNNING`. */
export async function setSweepConcurrency(
  client: Client,
  sweep: string,
  concurrency: number,
): Promise<void> {
  await onSweep(sweep, () =>
    client.workflow.getHandle(sweepWorkflowId(sweep)).signal(setConcurrencySignal, concurrency),
  );
}

/** URL of the history in the Temporal UI that answered a unit; if its run is unknown, of the workflow's latest run. */
export function sampleUrl(
  settings: Settings,
  namespace: string,
  { unitKey, runId, trace }: Pick<ResultRow, "unitKey" | "runId" | "trace">,
): string {
  const workflowId = trace.workflowId ?? unitKey;
  const base = `${settings.temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return runId === "" ? base : `${base}/${runId}/history`;
}

/** URL of the list of a sweep's samples in the Temporal UI. */
export function sweepUrl(settings: Settings, namespace: string, sweep: string): string {
  const query = encodeURIComponent(`WhetstoneSweep="${sweep}"`);
  return `${settings.temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}

function toRunningSweep(
  sweep: string,
  handle: WorkflowHandle,
  runId: string,
  attached: boolean,
): RunningSweep {
  return {
    sweep,
    runId,
    attached,
    async progress() {
      try {
        return await handle.query(progressQuery);
      } catch {
        return null;
      }
    },
    async result() {
      let awaySince: number | null = null;
      for (;;) {
        const asked = performance.now();
        try {
          return (await handle.result()) as SweepResult;
        } catch (error) {
          if (!(error instanceof ServiceError)) throw describeEnd(sweep, error);
          // The server was reachable until now, unless this is one of several quick rejections.
          if (awaySince === null || performance.now() - asked > CONNECTED_MS)
            awaySince = performance.now();
          if (performance.now() - awaySince > AWAY_LIMIT_MS) throw serverAway(sweep, error);
        }
        // `ref: false`, so that this timer does not keep a process alive whose connection is closed.
        await sleep(RECONNECT_PAUSE_MS, undefined, { ref: false });
      }
    },
  };
}

function serverAway(sweep: string, cause: unknown): WhetstoneError {
  return new WhetstoneError("The Temporal server has not answered for ten minutes.", {
    code: "TEMPORAL_UNREACHABLE",
    hint: `Nothing is lost. Once the server runs again, continue with: npx whetstone resume ${sweep}`,
    cause,
  });
}

function describeEnd(sweep: string, error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  if (error.cause instanceof CancelledFailure) {
    return new WhetstoneError(`Sweep ${sweep} was cancelled.`, {
      code: "SWEEP_CANCELLED",
      hint: `Run the remaining units with: npx whetstone resume ${sweep}`,
      cause: error,
    });
  }
  const reason = error.cause?.message ?? error.message;
  return new WhetstoneError(`The workflow of sweep ${sweep} failed: ${reason}`, {
    code: "SWEEP_WORKFLOW_FAILED",
    hint: `Results so far are in the store. See npx whetstone status ${sweep} and the Temporal UI, then npx whetstone resume ${sweep}.`,
    cause: error,
  });
}

async function onSweep<T>(sweep: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw sweepNotRunning(sweep, `Sweep ${sweep} is not running.`, error);
  }
}

/** The error for a message to a sweep without an open workflow. */
export function sweepNotRunning(sweep: string, message: string, cause?: unknown): WhetstoneError {
  return new WhetstoneError(message, {
    code: "SWEEP_NOT_RUNNING",
    hint: `npx whetstone status ${sweep} shows its state; npx whetstone resume ${sweep} runs the remaining units.`,
    cause,
  });
}

function describeSweep(config: ResolvedConfig): string {
  const variants = config.variants.map(({ name, method }) => `| ${name} | ${method} |`);
  return [
    `Model \`${config.model}\`, seeds ${config.seeds.join(", ")}.`,
    "",
    "| variant | method |",
    "| --- | --- |",
    ...variants,
  ].join("\n");
}
