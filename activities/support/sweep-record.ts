import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isObject } from "../../domain/json/scan.js";
import type { JsonValue } from "../../domain/json/value.js";
import type { Store, SweepRecord } from "../../store/store.js";

/** The stored sweep; throws `SWEEP_NOT_FOUND`. */
export async function getSweep(store: Store, name: string): Promise<SweepRecord> {
  const record = await store.getSweep(name);
  if (record) return record;
  throw new WhetstoneError(`Sweep ${name} is not in the store.`, {
    code: "SWEEP_NOT_FOUND",
    hint: "Workers and CLI must use the same WHETSTONE_DATABASE_URL; then run the config again.",
  });
}

/** Reads the name under which a training split of the sweep is stored; throws `SWEEP_NOT_FOUND` if there is none. */
export function readSplitDataset({ name, provenance }: SweepRecord, split: string): string {
  const splits: JsonValue | undefined = provenance["splits"];
  if (splits !== null && typeof splits === "object" && !Array.isArray(splits)) {
    const stored = (splits as Readonly<Record<string, JsonValue>> | undefined)?.[split];
    if (typeof stored === "string") return stored;
  }
  throw new WhetstoneError(`Sweep ${name} is in the store without its training split ${split}.`, {
    code: "SWEEP_NOT_FOUND",
    hint: "It was written by another version: run the config under a new sweep name.",
  });
}

/** Reads the fingerprint of the sweep's planned model; throws `SWEEP_NOT_FOUND` if there is none. */
export function readModelFingerprint({ name, provenance }: SweepRecord): string {
  const model: JsonValue | undefined = provenance["model"];
  if (model !== null && typeof model === "object" && "fingerprint" in model) {
    if (typeof model.fingerprint === "string") return model.fingerprint;
  }
  throw new WhetstoneError(`Sweep ${name} is in the store without its model's fingerprint.`, {
    code: "SWEEP_NOT_FOUND",
    hint: "It was written by another version: run the config under a new sweep name.",
  });
}

/** Lists data sets that, at planning time, did not specify which arguments are required. */
export function listWithoutRequirements({ provenance }: SweepRecord): string[] {
  const datasets = provenance["datasets"];
  if (!Array.isArray(datasets)) return [];
  return (datasets as readonly JsonValue[]).flatMap((dataset) => {
    if (!isObject(dataset) || dataset["requirementsKnown"] !== false) return [];
    return typeof dataset["name"] === "string" ? [dataset["name"]] : [];
  });
}
