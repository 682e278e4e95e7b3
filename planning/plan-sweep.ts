import type { JsonObject, JsonValue } from "../domain/json/value.js";
import { openStoreForReading } from "../store/open-store.js";
import type { OnWait } from "../store/failures.js";
import type { Store, SweepRecord } from "../store/store.js";
import { compareWithStored } from "./compare-stored.js";
import type { PlanSummary } from "./plan-summary.js";
import { summarisePlan } from "./plan-summary.js";
import type { PreparedSweep } from "./prepare-sweep.js";

/** Invocations kept per sweep; the first one is always kept. */
const KEPT_INVOCATIONS = 50;

/**
 * Writes a prepared sweep's samples, config and units to the store. A repeated call changes only
 * the list of invocations. Throws `SWEEP_NAME_TAKEN` before it writes anything.
 */
export async function planSweep(store: Store, prepared: PreparedSweep): Promise<PlanSummary> {
  const { config } = prepared;
  const stored = await store.getSweep(config.sweep);
  let state: Pick<PlanSummary, "state" | "added"> =
    stored === null
      ? { state: "new", added: [] }
      : await compareWithStored(store, prepared, stored);

  for (const dataset of prepared.datasets) {
    const samples = [...dataset.reported, ...dataset.calibration];
    await store.putSamples(dataset.spec.name, dataset.contentHash, samples);
  }
  for (const split of prepared.splits) {
    await store.putSamples(split.storedAs, split.contentHash, split.samples);
  }
  const provenance = describeProvenance(prepared, stored);
  const record = await store.createSweep({
    name: config.sweep,
    status: "planned",
    statusReason: null,
    configHash: prepared.configHash,
    hashVersion: prepared.hashVersion,
    configText: prepared.configText,
    config,
    provenance,
  });
  if (stored === null && record.configHash !== prepared.configHash) {
    // Another process stored this name in the meantime.
    state = await compareWithStored(store, prepared, record);
  }
  if (stored !== null || state.state !== "new") {
    await store.updateSweepConfig(
      config.sweep,
      config,
      prepared.configText,
      prepared.configHash,
      stored === null ? describeProvenance(prepared, record) : provenance,
    );
  }
  await store.putUnits(prepared.units);
  return summarisePlan(store, prepared, state);
}

/**
 * The plan that `planSweep` would store, without side effects: creates neither a database nor its
 * folder. Throws like `planSweep`.
 */
export async function previewSweep(
  databaseUrl: string,
  prepared: PreparedSweep,
  onWait?: OnWait,
): Promise<PlanSummary> {
  const store = await openStoreForReading(databaseUrl, onWait);
  if (store === null) return summarisePlan(null, prepared, { state: "new", added: [] });
  try {
    const stored = await store.getSweep(prepared.config.sweep);
    const state =
      stored === null
        ? { state: "new" as const, added: [] }
        : await compareWithStored(store, prepared, stored);
    return await summarisePlan(store, prepared, state);
  } finally {
    await store.close();
  }
}

function describeProvenance(prepared: PreparedSweep, stored: SweepRecord | null): JsonObject {
  const earlier = stored === null ? [] : readInvocations(stored);
  const invocation = { ...prepared.invocation, configHash: prepared.configHash };
  const kept = [...earlier.slice(0, 1), ...earlier.slice(1).slice(-(KEPT_INVOCATIONS - 2))];
  const fit = stored?.provenance["formatFit"];
  const engine = stored?.provenance["engine"];
  return {
    // Why the format was chosen stays on record when a plan is made from the stored config.
    ...(fit === undefined ? {} : { formatFit: fit }),
    ...prepared.facts,
    ...(engine === undefined ? {} : { engine }),
    identity: prepared.identity as unknown as JsonObject,
    invocations: [...kept, invocation],
  };
}

function readInvocations(record: SweepRecord): readonly JsonValue[] {
  const invocations = record.provenance["invocations"];
  return Array.isArray(invocations) ? (invocations as readonly JsonValue[]) : [];
}
