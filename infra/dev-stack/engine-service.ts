import { existsSync } from "node:fs";
import { join } from "node:path";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { repositoryRoot } from "../repository.js";
import type { Settings } from "../settings.js";
import { hashEnvironment } from "./environment-hash.js";
import type { ServiceSpec } from "./service.js";

/** Name of the engine's pid file and log. */
export const engineServiceName = "engine";

/** Python of the environment that `npm run setup` creates. */
export const enginePython = join(repositoryRoot, "engine", ".venv", "bin", "python");

/** A model to serve. */
export interface ServedModel {
  readonly directory: string;
  /**
   * Hash of the model's files: an engine that loaded other weights from the same path is restarted.
   */
  readonly fingerprint: string;
}

/** The local engine serving this model. Throws ENGINE_MISSING before setup. */
export function engineService(settings: Settings, model: ServedModel): ServiceSpec {
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
      ...["--host", "127.0.0.1", "--port", String(engine)],
      ...["--artifact-dir", join(settings.home, "artifacts")],
    ],
    environment: { PYTHONUNBUFFERED: "1" },
    ports: [{ port: engine, variable: "WHETSTONE_ENGINE_PORT", user: "the engine" }],
    parameters: {
      port: String(engine),
      model: model.directory,
      fingerprint: model.fingerprint,
      environment: hashEnvironment((name) => name === "WHETSTONE_ENGINE_TOKEN"),
    },
    startTimeoutMs: 180_000,
    errorCode: "ENGINE_NOT_STARTED",
    isHealthy: () => isEngineReady(settings.engineUrl),
  };
}

/** Whether an engine responds at this URL and has loaded its model. */
export async function isEngineReady(url: string): Promise<boolean> {
  return (await readServedModel(url)) !== null;
}

/**
 * Fingerprint of the model that the engine at this URL has loaded, empty if it names none; null if no engine responds
 * or it still loads.
 */
export async function readServedModel(url: string): Promise<string | null> {
  try {
    const response = await fetch(new URL("/ready", url), { signal: AbortSignal.timeout(3_000) });
    return response.ok ? (response.headers.get("x-whetstone-model-fingerprint") ?? "") : null;
  } catch {
    return null;
  }
}
