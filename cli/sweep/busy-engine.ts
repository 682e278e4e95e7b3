import type { EngineDtype } from "../../domain/config/engine-dtype.js";
import { readDtype } from "../../domain/identity/recorded-dtype.js";
import type { JsonObject } from "../../domain/json/value.js";
import type { ServedModel } from "../../infra/dev-stack/engine-service.js";
import { connectClient } from "../../infra/temporal/connection.js";
import type { SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading } from "../context.js";
import { findRunningSweep } from "./sweep-client.js";

/**
 * Returns the name of a running sweep that needs another engine than this one, with other weights or of another type of
 * numbers, or null if the engine may be restarted. A sweep counts as running while its workflow is open.
 */
export async function findSweepOnOtherModel(
  context: CommandContext,
  { fingerprint, dtype }: Pick<ServedModel, "fingerprint" | "dtype">,
): Promise<string | null> {
  const names = await withStoreForReading(context, async (store) => {
    const sweeps = (await store?.listSweeps()) ?? [];
    return sweeps
      .filter((sweep) => sweep.status === "running")
      .filter((sweep) => readFingerprint(sweep) !== fingerprint || !computesIn(sweep, dtype))
      .map((sweep) => sweep.name);
  });
  if (names.length === 0) return null;
  const connection = await connectClient(context.settings);
  try {
    for (const name of names) {
      if ((await findRunningSweep(connection.client, name)) !== null) return name;
    }
    return null;
  } finally {
    await connection.close();
  }
}

/** Whether the sweep goes on with an engine of this type; undefined: the type is not known before the engine starts. */
function computesIn(sweep: SweepRecord, dtype: EngineDtype | undefined): boolean {
  const recorded = readDtype(sweep);
  return sweep.config.dtype === "any" || recorded === null || recorded === dtype;
}

function readFingerprint(sweep: SweepRecord): unknown {
  return (sweep.provenance["identity"] as JsonObject | undefined)?.["model"];
}
