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

/** A sweep's root workflow, started or found running. */
export interface RunningSweep {
  readonly sweep: string;
  readonly runId: string;
  /** True where the sweep was running already and was attached to. */
  readonly attached: boolean;
  /** How far it has come, as its workflow sees it; null where that cannot be told now. */
  progress(): Promise<SweepProgress | null>;
  /**
   * Waits for the end. Throws `SWEEP_CANCELLED`, or `SWEEP_WORKFLOW_FAILED` where the root workflow itself
   * failed or was terminated.
   */
  result(): Promise<SweepResult>;
}

/** What to start. */
export interface StartSweepOptions {
  readonly config: ResolvedConfig;
  /** Run `failed` units again too (`whetstone retry SWEEP --failed`). */
  readonly retryFailed?: boolean;
  /** Where results are judged and written; by default where it measured faster. */
  readonly recordOn?: RecordPlace;
}

/** How long a Temporal server that has gone may stay away while a sweep is watched. */
const AWAY_LIMIT_MS = 600_000;
/** Between two tries to reach it. */
const RECONNECT_PAUSE_MS = 2_000;
/** A wait that lasted longer had a connection. */
const CONNECTED_MS = 60_000;

/** See docs/decisions: recordResult runs beside the workflow. */
const DEFAULT_RECORD_PLACE: RecordPlace = "local";

/**
 * Starts the sweep's root workflow over the units that the store holds for it, or attaches to the one that
 * runs. The plan must be in the store before.
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
    });
    return toRunningSweep(config.sweep, handle, handle.firstExecutionRunId, false);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const running = await findRunningSweep(client, config.sweep);
    // It ended between the refusal and the look-up: then it can be started.
    return running ?? (await startSweep(client, options));
  }
}

/** The sweep's root workflow, or null where none is open. */
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

/** Asks the sweep and all its open units to stop; resume runs what is left. Throws `SWEEP_NOT_RUNNING`. */
export async function cancelSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () => client.workflow.getHandle(sweepWorkflowId(sweep)).cancel());
}

/** Starts no further units until `unpauseSweep`. Throws `SWEEP_NOT_RUNNING`. */
export async function pauseSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () => client.workflow.getHandle(sweepWorkflowId(sweep)).signal(pauseSignal));
}

/** Goes on after `pauseSweep`. Throws `SWEEP_NOT_RUNNING`. */
export async function unpauseSweep(client: Client, sweep: string): Promise<void> {
  await onSweep(sweep, () =>
    client.workflow.getHandle(sweepWorkflowId(sweep)).signal(unpauseSignal),
  );
}

/** Changes the number of units in flight over the whole sweep. Throws `SWEEP_NOT_RUNNING`. */
export async function setSweepConcurrency(
  client: Client,
  sweep: string,
  concurrency: number,
): Promise<void> {
  await onSweep(sweep, () =>
    client.workflow.getHandle(sweepWorkflowId(sweep)).signal(setConcurrencySignal, concurrency),
  );
}

/** Address of one unit's history in the Temporal UI; without `runId`, of its latest run. */
export function sampleUrl(
  settings: Settings,
  namespace: string,
  unitKey: string,
  runId?: string,
): string {
  const base = `${settings.temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(unitKey)}`;
  return runId === undefined || runId === "" ? base : `${base}/${runId}/history`;
}

/** Address of the list of a sweep's units in the Temporal UI. */
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
        const asked = Date.now();
        try {
          return (await handle.result()) as SweepResult;
        } catch (error) {
          if (!(error instanceof ServiceError)) throw describeEnd(sweep, error);
          // It was there until now, unless this is one of several quick refusals.
          if (awaySince === null || Date.now() - asked > CONNECTED_MS) awaySince = Date.now();
          if (Date.now() - awaySince > AWAY_LIMIT_MS) throw serverAway(sweep, error);
        }
        // Who watches no longer has closed the connection: this alone keeps no process from ending.
        await sleep(RECONNECT_PAUSE_MS, undefined, { ref: false });
      }
    },
  };
}

function serverAway(sweep: string, cause: unknown): WhetstoneError {
  return new WhetstoneError("The Temporal server has not answered for ten minutes.", {
    code: "TEMPORAL_UNREACHABLE",
    hint: `Nothing is lost: once it runs again, npx whetstone resume ${sweep} goes on.`,
    cause,
  });
}

function describeEnd(sweep: string, error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  if (error.cause instanceof CancelledFailure) {
    return new WhetstoneError(`Sweep ${sweep} was cancelled.`, {
      code: "SWEEP_CANCELLED",
      hint: `npx whetstone resume ${sweep} runs what is left.`,
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
    hint: `npx whetstone status ${sweep} shows where it stands; npx whetstone resume ${sweep} runs what is left.`,
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
