import type { SweepRecord } from "../../store/store.js";
import type { SweepPlan } from "../../contracts/sweep-plan.js";
import { readDtype } from "../../domain/identity/recorded-dtype.js";
import { listWithoutRequirements, readModelFingerprint } from "./sweep-record.js";

/** Reads the settings that all units of a stored sweep share. Throws `SWEEP_NOT_FOUND` if it has no fingerprint. */
export function readPlan(record: SweepRecord): Omit<SweepPlan, "recordOn"> {
  const { config } = record;
  const dtype = config.dtype === "any" ? "any" : readDtype(record);
  const requirementsUnknown = listWithoutRequirements(record);
  return {
    modelFingerprint: readModelFingerprint(record),
    prompt: config.prompt,
    ...(config.format === undefined ? {} : { format: config.format }),
    ...(config.nameClosing === undefined ? {} : { nameClosing: config.nameClosing }),
    ...(dtype === null ? {} : { dtype }),
    candidateOrder: config.candidateOrder,
    ...(config.sampler === undefined ? {} : { sampler: config.sampler }),
    ...(requirementsUnknown.length > 0 && { requirementsUnknown }),
    ...(config.run.gpuClass === undefined ? {} : { gpuClass: config.run.gpuClass }),
    privateQueueTimeoutSeconds: config.run.privateQueueTimeoutSeconds,
  };
}
