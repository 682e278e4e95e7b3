import { existsSync } from "node:fs";
import { join } from "node:path";

import { isEngineDtype, type EngineDtype } from "../../domain/config/engine-dtype.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { repositoryRoot } from "../repository.js";
import type { Settings } from "../settings.js";
import { hashEnvironment } from "./environment-hash.js";
import type { ServiceSpec } from "./service.js";

/** Name of the engine's pid file and log. */
export const engineServiceName = "engine";

/** Python of the environment that `npm run setup` creates. */
export const enginePython = join(repositoryRoot, "engine", ".venv", "bin", "python");

/** Environment variables that the engine reads itself; it is restarted if one of them changes. */
const readByEngine = new Set(["WHETSTONE_ENGINE_TOKEN", "WHETSTONE_ENGINE_MEMORY_GB"]);

/** A model to serve. */
export interface ServedModel {
  readonly directory: string;
  /**
   * Hash of the model's files: an engine that loaded other weights from the same path is restarted.
   */
  readonly fingerprint: string;
  /** Type of numbers to compute in; absent: the setting, WHETSTONE_ENGINE_DTYPE. */
  readonly dtype?: EngineDtype;
}

/** The engine's `--dtype` for a model. */
export function requestedDtype(settings: Settings, model: ServedModel): EngineDtype | "auto" {
  return model.dtype ?? settings.engineDtype;
}

/**
 * The local engine serving this model, started with this `--dtype`. Throws ENGINE_MISSING before
 * setup.
 */
export function engineService(
  settings: Settings,
  model: ServedModel,
  dtype: EngineDtype | "auto",
): ServiceSpec {
  if (!existsSync(enginePython)) {
    throw new WhetstoneError("The engine's Python environment, engine/.venv, is missing.", {
      code: "ENGINE_MISSING",
      hint: "npm run setup",
    });
  }
  const { engine } = settings.ports;
  return {
    name: engineServiceName,
    title: "The engine",
    command: enginePython,
    arguments: [
      ...["-m", "whetstone_engine", "--model", model.directory],
      ...["--host", "127.0.0.1", "--port", String(engine), "--dtype", dtype],
      ...["--artifact-dir", join(settings.home, "artifacts")],
    ],
    environment: { PYTHONUNBUFFERED: "1" },
    ports: [{ port: engine, variable: "WHETSTONE_ENGINE_PORT", user: "the engine" }],
    parameters: {
      port: String(engine),
      model: model.directory,
      fingerprint: model.fingerprint,
      dtype,
      environment: hashEnvironment((name) => readByEngine.has(name)),
    },
    startTimeoutMs: 180_000,
    errorCode: "ENGINE_NOT_STARTED",
    isHealthy: () => isEngineReady(settings.engineUrl),
  };
}

/** Whether an engine responds at this URL and has loaded its model. */
export async function isEngineReady(url: string): Promise<boolean> {
  return (await askReady(url))?.ok === true;
}

/** Whether an engine responds at this URL, ready or not. */
export async function isEngineResponding(url: string): Promise<boolean> {
  try {
    await fetch(new URL("/health", url), { signal: AbortSignal.timeout(3_000) });
    return true;
  } catch {
    return false;
  }
}

/**
 * Fingerprint of the model that the engine at this URL has loaded, empty if it names none; null if no engine responds
 * or it still loads.
 */
export async function readServedModel(url: string): Promise<string | null> {
  const response = await askReady(url);
  if (response?.ok !== true) return null;
  return response.headers.get("x-whetstone-model-fingerprint") ?? "";
}

/** The type of numbers that the engine at this URL computes in; null if none responds, or it names none. */
export async function readEngineDtype(url: string): Promise<EngineDtype | null> {
  const dtype = (await askReady(url))?.headers.get("x-whetstone-engine-dtype");
  return isEngineDtype(dtype) ? dtype : null;
}

async function askReady(url: string): Promise<Response | null> {
  try {
    return await fetch(new URL("/ready", url), { signal: AbortSignal.timeout(3_000) });
  } catch {
    return null;
  }
}
