import type { WorkerRole } from "../../contracts/worker-role.js";
import type { Settings } from "../settings.js";
import { setRetention } from "../temporal/namespace.js";
import { listRecords, readRecord } from "./process-record.js";
import type { ReadyServices } from "./ready-services.js";
import { settleAll, startInRounds } from "./ready-services.js";
import type { ServiceAction, ServiceSpec } from "./service.js";
import { ensureService, stopService } from "./service.js";
import type { EngineOptions } from "./start-engine.js";
import { startEngine } from "./start-engine.js";
import type { SupervisedStack } from "./supervisor-service.js";
import { supervisorServiceName } from "./supervisor-service.js";
import { localNamespace, localTemporalAddress, temporalService } from "./temporal-service.js";
import { workerService, workerServiceName } from "./worker-service.js";

/** Options of the local stack. */
export interface StackOptions extends EngineOptions {
  /** Class that the GPU worker serves; absent: as before, else that of its engine's device. */
  readonly gpuClass?: string | undefined;
  /**
   * True: one process per role. False: one for orchestrator and cpu, one for gpu. Default: as
   * before.
   */
  readonly separate?: boolean | undefined;
  /** Called when each part is ready. */
  readonly onReady?: (title: string, action: ServiceAction, seconds: number) => void;
  /** Called with a part's title when something ended it before the start was over; it is started again. */
  readonly onEnded?: (title: string) => void;
}

/**
 * Makes sure that Temporal server, engine and workers run, in this order. What something ends meanwhile is started again.
 * Returns what a supervisor must know to do the same. Call it under the stack's lock.
 */
export async function startServices(
  settings: Settings,
  options: StackOptions,
): Promise<SupervisedStack> {
  const stack = {
    model: options.model,
    separate: options.separate ?? wasSeparate(settings),
    gpuClass: options.gpuClass ?? readServedClass(settings),
  };
  await startInRounds(
    settings.home,
    (ready) => startRound(settings, { ...options, ...stack }, ready),
    options.onEnded,
  );
  return stack;
}

/** The roles of each worker process. */
export function workerGroups(separate: boolean): WorkerRole[][] {
  return separate ? [["orchestrator"], ["cpu"], ["gpu"]] : [["orchestrator", "cpu"], ["gpu"]];
}

async function startRound(
  settings: Settings,
  options: StackOptions & SupervisedStack,
  ready: ReadyServices,
): Promise<void> {
  const start = async (spec: ServiceSpec): Promise<ServiceAction> => {
    const action = await startOne(settings, spec, options);
    ready.add(spec);
    return action;
  };
  await settleAll([startTemporal(settings, start), startEngine(settings, options, start)]);
  const workers = workerGroups(options.separate).map((roles) =>
    workerService(settings, roles, options.gpuClass),
  );
  await stopOtherWorkers(settings, workers);
  const checkNeeds = (): void => {
    ready.check();
  };
  await settleAll(workers.map((worker) => startOne(settings, worker, { ...options, checkNeeds })));
}

async function startTemporal(
  settings: Settings,
  start: (spec: ServiceSpec) => Promise<ServiceAction>,
): Promise<void> {
  if (settings.externalTemporal) return;
  const action = await start(temporalService(settings));
  if (action !== "running") await setRetention(localTemporalAddress(settings), localNamespace());
}

/** The supervisor's record outlives those of workers that died while they started. */
function wasSeparate(settings: Settings): boolean {
  const supervised = readRecord(settings.home, supervisorServiceName)?.parameters["separate"];
  if (supervised !== undefined) return supervised === "true";
  return readRecord(settings.home, workerServiceName(["orchestrator"])) !== null;
}

/** A worker that serves a class also serves sweeps of none, so it stays. */
function readServedClass(settings: Settings): string | undefined {
  const supervised = readRecord(settings.home, supervisorServiceName)?.parameters["gpuClass"];
  if (supervised !== undefined) return supervised === "" ? undefined : supervised;
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

/** Makes sure that one service runs, and reports it. */
export async function startOne(
  settings: Settings,
  spec: ServiceSpec,
  options: StackOptions & { readonly checkNeeds?: () => void },
): Promise<ServiceAction> {
  const begin = performance.now();
  const { checkNeeds, onEnded } = options;
  const action = await ensureService(settings.home, spec, {
    ...(checkNeeds && { checkNeeds }),
    ...(onEnded && { onEnded }),
  });
  options.onReady?.(spec.title, action, (performance.now() - begin) / 1000);
  return action;
}
