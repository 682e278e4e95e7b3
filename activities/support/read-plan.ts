import type { SweepRecord } from "../../store/store.js";
import type { SweepPlan } from "../../contracts/sweep-plan.js";
import { listWithoutRequirements, readModelFingerprint } from "./sweep-record.js";

/** What all units of a stored sweep have in common. Throws `SWEEP_NOT_FOUND` where it has no fingerprint on record. */
export function readPlan(record: SweepRecord): Omit<SweepPlan, "recordOn"> {
  const { config } = record;
  const requirementsUnknown = listWithoutRequirements(record);
  return {
    modelFingerprint: readModelFingerprint(record),
    prompt: config.prompt,
    ...(config.format === undefined ? {} : { format: config.format }),
    ...(config.nameClosing === undefined ? {} : { nameClosing: config.nameClosing }),
    candidateOrder: config.candidateOrder,
    ...(config.sampler === undefined ? {} : { sampler: config.sampler }),
    ...(requirementsUnknown.length > 0 && { requirementsUnknown }),
    gpuClass: config.run.gpuClass,
    privateQueueTimeoutSeconds: config.run.privateQueueTimeoutSeconds,
  };
}
