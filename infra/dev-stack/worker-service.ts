import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { readToolVersion, repositoryRoot } from "../repository.js";
import type { Settings } from "../settings.js";
import type { WorkerRole } from "../../contracts/worker-role.js";
import { hashEnvironment } from "./environment-hash.js";
import { runFolder } from "./process-record.js";
import type { ServiceSpec } from "./service.js";

/**
 * Environment variable with the path of a file. A worker writes its pid there once it polls and
 * renews the file's time from then on: for the process that started it in the background, and for
 * the probes of containers.
 */
export const readyFileVariable = "WHETSTONE_READY_FILE";

/** Where a process of these roles serves metrics: the setting's port, or one after it for the others. */
function metricsAddress({ metricsAddress: first }: Settings, roles: readonly WorkerRole[]): string {
  if (first === null) return "";
  const offset = roles.includes("orchestrator") ? 0 : roles.includes("gpu") ? 1 : 2;
  return first.replace(/\d+$/, (port) => String(Number(port) + offset));
}

/** Variables that no worker reads, or that differ between workers by design. */
const NOT_OF_WORKERS = [readyFileVariable, "WHETSTONE_SERVE_TOKENS"];

/** Whether an environment variable affects which services a worker connects to. */
function isRelevant(name: string): boolean {
  return /^(WHETSTONE_|TEMPORAL_)/.test(name) && !NOT_OF_WORKERS.includes(name);
}

/** Changes with every variable that affects which services a worker connects to. */
export function hashWorkerEnvironment(settings: Settings): string {
  return hashEnvironment(isRelevant, { ...process.env, WHETSTONE_HOME: settings.home });
}

/** Name of the pid file and log of a worker process. */
export function workerServiceName(roles: readonly WorkerRole[]): string {
  return `worker-${roles.join("-")}`;
}

/** One worker process with these roles, told the GPU class if there is one. */
export function workerService(
  settings: Settings,
  roles: readonly WorkerRole[],
  gpuClass?: string,
): ServiceSpec {
  const name = workerServiceName(roles);
  const readyFile = join(runFolder(settings.home), `${name}.ready`);
  const isTold = gpuClass !== undefined && roles.includes("gpu");
  const environment = {
    WHETSTONE_HOME: settings.home,
    WHETSTONE_METRICS_ADDRESS: metricsAddress(settings, roles),
    // A restart replaces all local workers at once: with a version, open workflows would have none.
    WHETSTONE_DEPLOYMENT_VERSION: "",
  };
  return {
    name,
    title: `The ${roles.join(" and ")} worker`,
    command: process.execPath,
    arguments: [
      join(repositoryRoot, "bin", "whetstone.mjs"),
      ...["worker", ...roles],
      ...(isTold ? ["--gpu-class", gpuClass] : []),
    ],
    environment: { ...environment, [readyFileVariable]: readyFile },
    ports: [],
    parameters: {
      version: readToolVersion(),
      environment: hashWorkerEnvironment(settings),
      ...(isTold ? { gpuClass } : {}),
    },
    startTimeoutMs: 90_000,
    errorCode: "WORKER_NOT_STARTED",
    isHealthy: (record) => Promise.resolve(readPid(readyFile) === record.pid),
  };
}

function readPid(file: string): number | null {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
