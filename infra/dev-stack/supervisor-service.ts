import { join } from "node:path";
import process from "node:process";
import { readToolVersion, repositoryRoot } from "../repository.js";
import type { Settings } from "../settings.js";
import type { ServedModel } from "./engine-service.js";
import type { ServiceSpec } from "./service.js";
import { hashWorkerEnvironment } from "./worker-service.js";

/** Name of the supervisor's pid file and log. */
export const supervisorServiceName = "supervisor";

/** What a supervisor keeps running: the options of `startStack` with nothing left open. */
export interface SupervisedStack {
  readonly model: ServedModel;
  readonly separate: boolean;
  readonly gpuClass: string | undefined;
}

/** The background process that restarts services of this stack, also after the command that started them has ended. */
export function supervisorService(settings: Settings, stack: SupervisedStack): ServiceSpec {
  const { model, separate, gpuClass } = stack;
  return {
    name: supervisorServiceName,
    title: "The supervisor",
    command: process.execPath,
    arguments: [
      join(repositoryRoot, "bin", "whetstone.mjs"),
      ...["dev", "supervise", "--model", model.directory, "--fingerprint", model.fingerprint],
      ...(model.dtype === undefined ? [] : ["--dtype", model.dtype]),
      ...(gpuClass === undefined ? [] : ["--gpu-class", gpuClass]),
      ...(separate ? ["--separate"] : []),
    ],
    environment: { WHETSTONE_HOME: settings.home },
    ports: [],
    parameters: {
      version: readToolVersion(),
      environment: hashWorkerEnvironment(settings),
      model: model.directory,
      fingerprint: model.fingerprint,
      dtype: model.dtype ?? "",
      gpuClass: gpuClass ?? "",
      separate: String(separate),
    },
    startTimeoutMs: 10_000,
    errorCode: "WORKER_NOT_STARTED",
    // It has nothing to load, and nothing waits for it.
    isHealthy: () => Promise.resolve(true),
  };
}
