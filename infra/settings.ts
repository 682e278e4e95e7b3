import { resolve } from "node:path";
import { ENGINE_DTYPES, isEngineDtype, type EngineDtype } from "../domain/config/engine-dtype.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { repositoryRoot } from "./repository.js";

/** Addresses of the other services; from environment variables only, never from a config. */
export interface Settings {
  /**
   * Folder of all local state: databases, logs, pid files. WHETSTONE_HOME, default `.whetstone` in
   * the repository.
   */
  readonly home: string;
  /** `postgres://…` or `sqlite:<path>`. WHETSTONE_DATABASE_URL, default `<home>/whetstone.db`. */
  readonly databaseUrl: string;
  /** WHETSTONE_ENGINE_URL, default `http://127.0.0.1:8400`. */
  readonly engineUrl: string;
  /** WHETSTONE_ENGINE_DTYPE, default `auto`: the local engine's `--dtype` where neither config nor sweep names one. */
  readonly engineDtype: EngineDtype | "auto";
  /** True if the user named a Temporal server (TEMPORAL_ADDRESS or a profile): never start one. */
  readonly externalTemporal: boolean;
  /** True if the user named an engine (WHETSTONE_ENGINE_URL): never start one. */
  readonly externalEngine: boolean;
  /** Ports of the local Temporal server, its UI and the local engine. */
  readonly ports: { readonly temporal: number; readonly ui: number; readonly engine: number };
  /** Base URL of the Temporal UI for links. WHETSTONE_TEMPORAL_UI_URL. */
  readonly temporalUiUrl: string;
  /** Where a worker serves its metrics, `host:port`; null: nowhere. WHETSTONE_METRICS_ADDRESS. */
  readonly metricsAddress: string | null;
  /**
   * Version of the orchestrator and cpu workers, where old and new ones run side by side; null: every worker takes every
   * task. WHETSTONE_DEPLOYMENT_VERSION.
   */
  readonly deploymentVersion: string | null;
}

/** Reads the settings; tests pass their own `env`. Throws SETTING_INVALID for an invalid one. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const home = resolve(env["WHETSTONE_HOME"] ?? resolve(repositoryRoot, ".whetstone"));
  checkEngineMemory(env);
  const ports = {
    temporal: readPort(env, "WHETSTONE_TEMPORAL_PORT", 7233),
    ui: readPort(env, "WHETSTONE_TEMPORAL_UI_PORT", 8233),
    engine: readPort(env, "WHETSTONE_ENGINE_PORT", 8400),
  };
  return {
    home,
    databaseUrl: env["WHETSTONE_DATABASE_URL"] ?? `sqlite:${resolve(home, "whetstone.db")}`,
    engineUrl: env["WHETSTONE_ENGINE_URL"] ?? `http://127.0.0.1:${ports.engine}`,
    engineDtype: readDtype(env),
    externalTemporal: Boolean(env["TEMPORAL_ADDRESS"] ?? env["TEMPORAL_PROFILE"]),
    externalEngine: Boolean(env["WHETSTONE_ENGINE_URL"]),
    ports,
    temporalUiUrl: env["WHETSTONE_TEMPORAL_UI_URL"] ?? `http://127.0.0.1:${ports.ui}`,
    metricsAddress: readMetricsAddress(env),
    deploymentVersion: readDeploymentVersion(env),
  };
}

function readDeploymentVersion(env: NodeJS.ProcessEnv): string | null {
  const name = "WHETSTONE_DEPLOYMENT_VERSION";
  const text = env[name] ?? "";
  if (text === "") return null;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return text;
  throw new WhetstoneError(`${name} is ${JSON.stringify(text)}, which does not name a version.`, {
    code: "SETTING_INVALID",
    hint: `set ${name} to letters, digits, ".", "_" and "-", for example 0.2.0, or unset it to run one version at a time`,
  });
}

/** The local engine reads it by itself; a value that it would refuse is refused here, before anything is started. */
function checkEngineMemory(env: NodeJS.ProcessEnv): void {
  const name = "WHETSTONE_ENGINE_MEMORY_GB";
  const text = env[name] ?? "";
  if (text === "" || text === "auto" || (Number(text) > 0 && Number(text) < 1e6)) return;
  throw new WhetstoneError(
    `${name} is ${JSON.stringify(text)}, which is not a number of gigabytes.`,
    {
      code: "SETTING_INVALID",
      hint: `set ${name} to auto or, for example, 8, or unset it for auto`,
    },
  );
}

function readMetricsAddress(env: NodeJS.ProcessEnv): string | null {
  const name = "WHETSTONE_METRICS_ADDRESS";
  const text = env[name] ?? "";
  if (text === "") return null;
  const port = Number(/^(?:[\d.]+|\[[\da-fA-F:]+\]):(\d+)$/.exec(text)?.[1] ?? 0);
  if (port > 0 && port < 65_536) return text;
  throw new WhetstoneError(
    `${name} is ${JSON.stringify(text)}, which is not an IP address and a port.`,
    {
      code: "SETTING_INVALID",
      hint: `set ${name} to, for example, 0.0.0.0:9464, or unset it to serve no metrics`,
    },
  );
}

function readDtype(env: NodeJS.ProcessEnv): EngineDtype | "auto" {
  const name = "WHETSTONE_ENGINE_DTYPE";
  const text = env[name] ?? "";
  if (text === "" || text === "auto") return "auto";
  if (isEngineDtype(text)) return text;
  throw new WhetstoneError(
    `${name} is ${JSON.stringify(text)}, which is not a type of numbers that the engine knows.`,
    {
      code: "SETTING_INVALID",
      hint: `set ${name} to auto, ${ENGINE_DTYPES.join(", ")}, or unset it for auto`,
    },
  );
}

function readPort(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name] ?? "";
  if (text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new WhetstoneError(`${name} is ${JSON.stringify(text)}, which is not a valid port.`, {
    code: "SETTING_INVALID",
    hint: `set ${name} to a number from 1 to 65535, or unset it for ${fallback}`,
  });
}
