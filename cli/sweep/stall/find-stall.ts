import type { Client } from "@temporalio/client";
import { CPU_QUEUE, ORCHESTRATOR_QUEUE, gpuQueue } from "../../../contracts/queues-and-ids.js";
import { isEngineResponding } from "../../../infra/dev-stack/engine-service.js";
import type { Settings } from "../../../infra/settings.js";
import { resolveTemporalTarget } from "../../../infra/temporal/connection.js";
import type { SweepRecord } from "../../../store/store.js";
import { explainFailure, findFailingWorkflow } from "./find-failing-workflow.js";
import { findIdleSweep } from "./find-idle-sweep.js";
import { findSilentEngine } from "./find-silent-engine.js";
import { findUnservedQueue, seemsUnserved } from "./find-unserved-queue.js";
import { readOpenWorkflows } from "./read-open-workflows.js";
import { readQueue } from "./read-queue.js";
import type { Deployment, Stall } from "./stall.js";

/** Oldest units of each partition to look at, and how many before a queue counts as unserved. */
const UNITS = 8;
const UNITS_OF_SUSPECT_QUEUE = 200;

/** A sweep that may have stalled, from the store. */
export interface SuspectSweep {
  readonly sweep: Pick<SweepRecord, "name" | "status" | "config">;
  /** When the newest unit ended (ISO 8601); absent if none has. */
  readonly lastResultAt: string | undefined;
  readonly paused: boolean;
}

/**
 * Says why a sweep does not go on by itself; null if it does, or has not started. Asks the server about its workflows
 * and queues, and the engine whether it answers. Throws if the server does not answer.
 */
export async function findStall(
  client: Client,
  settings: Settings,
  suspect: SuspectSweep,
): Promise<Stall | null> {
  const { name, status, config } = suspect.sweep;
  const deployment = describeDeployment(settings, name);
  const open = await readOpenWorkflows(client, name, UNITS);
  if (open === null) return status === "running" ? notRunning(name) : null;
  const workflows = [open.root, ...open.others];
  const { gpuClass } = config.run;
  return (
    (await findFailingWorkflow(workflows, (it) => explainFailure(client, it), deployment)) ??
    (await findSilentEngine(workflows, isEngineResponding, deployment)) ??
    (await findQueue(client, deployment, gpuClass)) ??
    findIdleSweep(
      {
        ...{ open, paused: suspect.paused, now: Date.now() },
        lastResultAt: suspect.lastResultAt === undefined ? null : Date.parse(suspect.lastResultAt),
      },
      deployment,
    )
  );
}

/** The stall of a running sweep whose server does not answer. */
export function serverAway(settings: Settings, sweep: string): Stall {
  const { temporalAddress, externalTemporal } = describeDeployment(settings, sweep);
  return {
    code: "STALLED_NO_SERVER",
    reason: `no Temporal server answers at ${temporalAddress}`,
    next: externalTemporal
      ? "start that server, or correct TEMPORAL_ADDRESS"
      : `npx whetstone resume ${sweep}`,
  };
}

function notRunning(sweep: string): Stall {
  return {
    code: "STALLED_NOT_RUNNING",
    reason: "its workflow is not open: it was terminated, or the server lost it",
    next: `npx whetstone resume ${sweep}`,
  };
}

async function findQueue(
  client: Client,
  deployment: Deployment,
  gpuClass: string | undefined,
): Promise<Stall | null> {
  const queues = await Promise.all([
    readQueue(client, ORCHESTRATOR_QUEUE, "workflow"),
    readQueue(client, CPU_QUEUE, "activity"),
    readQueue(client, gpuQueue(gpuClass), "activity"),
  ]);
  if (!queues.some(seemsUnserved)) return null;
  const open = await readOpenWorkflows(client, deployment.sweep, UNITS_OF_SUSPECT_QUEUE);
  return findUnservedQueue(queues, open?.others ?? [], deployment, Date.now());
}

function describeDeployment(settings: Settings, sweep: string): Deployment {
  const { externalTemporal, externalEngine, engineUrl } = settings;
  const { address, namespace } = resolveTemporalTarget(settings);
  return {
    ...{ sweep, externalTemporal, externalEngine, namespace, temporalAddress: address },
    engineUrl: externalTemporal && !externalEngine ? null : engineUrl,
  };
}
