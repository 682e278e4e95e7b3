import type { Settings } from "../settings.js";
import { engineService, engineServiceName, requestedDtype } from "./engine-service.js";
import { requireFreePorts } from "./ports.js";
import type { ProcessRecord } from "./process-record.js";
import { isAlive, listRecords, readRecord } from "./process-record.js";
import { ensureService, stopService } from "./service.js";
import { withStackLock } from "./stack-lock.js";
import { requireExternalEngine, startEngine } from "./start-engine.js";
import type { StackOptions } from "./start-services.js";
import { startOne, startServices, workerGroups } from "./start-services.js";
import type { SupervisedStack } from "./supervisor-service.js";
import { supervisorService, supervisorServiceName } from "./supervisor-service.js";
import { temporalService, temporalServiceName } from "./temporal-service.js";
import { workerServiceName } from "./worker-service.js";

/** State of one part of the stack. */
export interface ServiceStatus {
  readonly name: string;
  readonly alive: boolean;
  readonly record: ProcessRecord;
}

/**
 * Starts every part of the local stack that is not running: Temporal server and engine first, then
 * the workers, then the supervisor that restarts them from then on. Parts configured elsewhere by the
 * environment (TEMPORAL_ADDRESS, WHETSTONE_ENGINE_URL) are not started. Safe to call at any time,
 * including after a crash of any part.
 */
export async function startStack(settings: Settings, options: StackOptions): Promise<void> {
  await withStackLock(settings.home, async () => {
    const resolved = await startServices(settings, options);
    await ensureService(settings.home, supervisorService(settings, resolved));
  });
}

/**
 * Starts again what has died of the services that a supervisor was told of. Does nothing if another process has taken
 * that supervisor's place meanwhile. Throws like `startStack`.
 */
export async function restartServices(
  settings: Settings,
  options: SupervisedStack & Pick<StackOptions, "onEnded">,
  isReplaced: () => boolean,
): Promise<void> {
  await withStackLock(settings.home, async () => {
    if (!isReplaced()) await startServices(settings, options);
  });
}

/** Names of the services that a stack consists of. */
export function listServiceNames(settings: Settings, separate: boolean): string[] {
  return [
    ...(settings.externalTemporal ? [] : [temporalServiceName]),
    ...(settings.externalEngine ? [] : [engineServiceName]),
    ...workerGroups(separate).map(workerServiceName),
  ];
}

/** Starts the engine alone, or checks the one that WHETSTONE_ENGINE_URL names. Throws like `startStack`. */
export async function startEngineAlone(settings: Settings, options: StackOptions): Promise<void> {
  await withStackLock(settings.home, () =>
    startEngine(settings, options, (spec) => startOne(settings, spec, options)),
  );
}

/**
 * Checks the preconditions of `startStack` without starting anything: ports that are free or ours,
 * the programs, a remote engine. Throws like `startStack`.
 */
export async function checkStack(settings: Settings, options: StackOptions): Promise<void> {
  if (settings.externalEngine) await requireExternalEngine(settings, options.model);
  const specs = [
    ...(settings.externalTemporal ? [] : [temporalService(settings)]),
    ...(settings.externalEngine
      ? []
      : [engineService(settings, options.model, requestedDtype(settings, options.model))]),
  ];
  for (const spec of specs) {
    const known = readRecord(settings.home, spec.name);
    if (known === null || !isAlive(known)) await requireFreePorts(spec.ports);
  }
}

/**
 * Stops every background process of this home folder: the supervisor, the workers, the rest. Returns the names of the
 * processes found.
 */
export async function stopStack(settings: Settings): Promise<string[]> {
  // Before the lock is taken: the supervisor may hold it while it waits for a service that does not start.
  const supervisor = readRecord(settings.home, supervisorServiceName);
  if (supervisor !== null) await stopService(settings.home, supervisor);
  const services = await stopServices(settings);
  return [...(supervisor === null ? [] : [supervisor.name]), ...services];
}

async function stopServices(settings: Settings): Promise<string[]> {
  return withStackLock(settings.home, async () => {
    const records = listRecords(settings.home);
    const isWorker = (record: ProcessRecord) => record.name.startsWith("worker-");
    // Workers still report their last results, so the server and the engine stop after them.
    for (const group of [records.filter(isWorker), records.filter((entry) => !isWorker(entry))]) {
      await Promise.all(group.map((record) => stopService(settings.home, record)));
    }
    return records.map((record) => record.name);
  });
}

/** Every background process recorded in this home folder, including dead ones and the supervisor. */
export function readStackStatus(settings: Settings): ServiceStatus[] {
  return listRecords(settings.home).map((record) => ({
    name: record.name,
    alive: isAlive(record),
    record,
  }));
}
