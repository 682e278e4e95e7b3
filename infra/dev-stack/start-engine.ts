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
import type { ProcessRecord } from "./process-record.js";
import { listRecords } from "./process-record.js";
import type { ServiceSpec } from "./service.js";

/** Which engine to start. */
export interface EngineOptions {
  readonly model: ServedModel;
  /**
   * Called before an engine with another model or type of numbers is stopped. Returns the name of a
   * sweep that still needs that engine, or null.
   */
  findSweepOnOtherModel?(): Promise<string | null>;
}

/**
 * Starts the local engine, or checks the one that WHETSTONE_ENGINE_URL names. Throws ENGINE_BUSY if a sweep needs the
 * one that runs.
 */
export async function startEngine(
  settings: Settings,
  options: EngineOptions,
  startOne: (spec: ServiceSpec) => Promise<unknown>,
): Promise<void> {
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
  await startOne(engineService(settings, options.model, dtype));
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
export async function requireExternalEngine(settings: Settings, model: ServedModel): Promise<void> {
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
