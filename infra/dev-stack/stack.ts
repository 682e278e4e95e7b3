import { isEngineDtype, type EngineDtype } from "../../domain/config/engine-dtype.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Settings } from "../settings.js";
import type { ServedModel } from "./engine-service.js";
import {
  engineService,
  engineServiceName,
  readEngineDtype,
  readServedModel,
  requestedDtype,
} from "./engine-service.js";
import { requireFreePorts } from "./ports.js";
import type { ProcessRecord } from "./process-record.js";
import { isAlive, listRecords, readRecord } from "./process-record.js";
import type { ServiceAction, ServiceSpec } from "./service.js";
import { ensureService, stopService } from "./service.js";
import { withStackLock } from "./stack-lock.js";
import { setRetention } from "../temporal/namespace.js";
import type { SupervisedStack } from "./supervisor-service.js";
import { supervisorService, supervisorServiceName } from "./supervisor-service.js";
import {
  localNamespace,
  localTemporalAddress,
  temporalService,
  temporalServiceName,
} from "./temporal-service.js";
import type { WorkerRole } from "../../contracts/worker-role.js";
import { workerService, workerServiceName } from "./worker-service.js";

/** Options of the local stack. */
export interface StackOptions {
  readonly model: ServedModel;
  /** Class that the GPU worker serves; absent: as before, else that of its engine's device. */
  readonly gpuClass?: string | undefined;
  /**
   * True: one process per role. False: one for orchestrator and cpu, one for gpu. Default: as
   * before.
   */
  readonly separate?: boolean | undefined;
  /**
   * Called before an engine with another model or type of numbers is stopped. Returns the name of a
   * sweep that still needs that engine, or null.
   */
  findSweepOnOtherModel?(): Promise<string | null>;
  /** Called when each part is ready. */
  onReady?(title: string, action: ServiceAction, seconds: number): void;
}

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
  options: SupervisedStack,
  isReplaced: () => boolean,
): Promise<void> {
  await withStackLock(settings.home, async () => {
    if (!isReplaced()) await startServices(settings, options);
  });
}

async function startServices(settings: Settings, options: StackOptions): Promise<SupervisedStack> {
  await Promise.all([startTemporal(settings, options), startEngine(settings, options)]);
  const separate = options.separate ?? wasSeparate(settings);
  const gpuClass = options.gpuClass ?? readServedClass(settings);
  const workers = workerGroups(separate).map((roles) => workerService(settings, roles, gpuClass));
  await stopOtherWorkers(settings, workers);
  await Promise.all(workers.map((worker) => startOne(settings, worker, options)));
  return { model: options.model, separate, gpuClass };
}

/** Names of the services that a stack consists of. */
export function listServiceNames(settings: Settings, separate: boolean): string[] {
  return [
    ...(settings.externalTemporal ? [] : [temporalServiceName]),
    ...(settings.externalEngine ? [] : [engineServiceName]),
    ...workerGroups(separate).map(workerServiceName),
  ];
}

/** The roles of each worker process. */
function workerGroups(separate: boolean): WorkerRole[][] {
  return separate ? [["orchestrator"], ["cpu"], ["gpu"]] : [["orchestrator", "cpu"], ["gpu"]];
}

/** Starts the engine alone, or checks the one that WHETSTONE_ENGINE_URL names. Throws like `startStack`. */
export async function startEngineAlone(settings: Settings, options: StackOptions): Promise<void> {
  await withStackLock(settings.home, () => startEngine(settings, options));
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

async function startTemporal(settings: Settings, options: StackOptions): Promise<void> {
  if (settings.externalTemporal) return;
  const action = await startOne(settings, temporalService(settings), options);
  if (action !== "running") await setRetention(localTemporalAddress(settings), localNamespace());
}

async function startEngine(settings: Settings, options: StackOptions): Promise<void> {
  if (settings.externalEngine) {
    await requireExternalEngine(settings, options.model);
    return;
  }
  const known = listRecords(settings.home).find((record) => record.name === engineServiceName);
  const { model, fingerprint } = known?.parameters ?? {};
  const dtype = await chooseDtype(settings, options.model, known);
  const isOther = fingerprint !== options.model.fingerprint || dtype !== known?.parameters["dtype"];
  if (model !== undefined && isOther) {
    const sweep = (await options.findSweepOnOtherModel?.()) ?? null;
    if (sweep !== null) {
      throw new WhetstoneError(`The engine serves ${model} for the running sweep "${sweep}".`, {
        code: "ENGINE_BUSY",
        hint:
          `wait for it (\`npx whetstone status ${sweep} --watch\`), ` +
          `or stop it (\`npx whetstone cancel ${sweep}\`)`,
      });
    }
  }
  await startOne(settings, engineService(settings, options.model, dtype), options);
}

/** The engine's `--dtype`. One that computes in the right type already is not restarted to be told so. */
async function chooseDtype(
  settings: Settings,
  model: ServedModel,
  known: ProcessRecord | undefined,
): Promise<EngineDtype | "auto"> {
  const wanted = requestedDtype(settings, model);
  const started = known?.parameters["dtype"];
  if (started !== "auto" && !isEngineDtype(started)) return wanted;
  const computesIn = await readEngineDtype(settings.engineUrl);
  const fits = computesIn !== null && (wanted === "auto" || wanted === computesIn);
  return fits ? started : wanted;
}

/** Refuses a missing engine and one with other weights at once: the sweep's steps would wait for the right one. */
async function requireExternalEngine(settings: Settings, model: ServedModel): Promise<void> {
  const served = await readServedModel(settings.engineUrl);
  if (served === null) {
    throw new WhetstoneError(`No engine responds at ${settings.engineUrl}.`, {
      code: "ENGINE_UNREACHABLE",
      hint: "start it there, or unset WHETSTONE_ENGINE_URL to start a local one",
    });
  }
  if (served !== "" && served !== model.fingerprint) {
    throw new WhetstoneError(
      `The engine at ${settings.engineUrl} serves model ${served.slice(0, 12)}, the config names ${model.fingerprint.slice(0, 12)} (${model.directory}).`,
      {
        code: "ENGINE_WRONG_MODEL",
        hint: "start that engine with the config's model, or unset WHETSTONE_ENGINE_URL to start a local one",
      },
    );
  }
}

function wasSeparate(settings: Settings): boolean {
  return readRecord(settings.home, workerServiceName(["orchestrator"])) !== null;
}

/** A worker that serves a class also serves sweeps of none, so it stays. */
function readServedClass(settings: Settings): string | undefined {
  return readRecord(settings.home, workerServiceName(["gpu"]))?.parameters["gpuClass"];
}

/** A second process with the same role would work, but only the requested ones are monitored. */
async function stopOtherWorkers(settings: Settings, wanted: readonly ServiceSpec[]): Promise<void> {
  const names = new Set(wanted.map((worker) => worker.name));
  const others = listRecords(settings.home).filter(
    (record) => record.name.startsWith("worker-") && !names.has(record.name),
  );
  await Promise.all(others.map((record) => stopService(settings.home, record)));
}

async function startOne(
  settings: Settings,
  spec: ServiceSpec,
  options: StackOptions,
): Promise<ServiceAction> {
  const begin = performance.now();
  const action = await ensureService(settings.home, spec);
  options.onReady?.(spec.title, action, (performance.now() - begin) / 1000);
  return action;
}
