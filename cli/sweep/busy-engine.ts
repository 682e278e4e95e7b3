import type { JsonObject } from "../../domain/json/value.js";
import { connectClient } from "../../infra/temporal/connection.js";
import type { SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading } from "../context.js";
import { findRunningSweep } from "./sweep-client.js";

/**
 * Returns the name of a running sweep whose model has another fingerprint than this one, or null if the engine may be
 * restarted. A sweep counts as running while its workflow is open.
 */
export async function findSweepOnOtherModel(
  context: CommandContext,
  fingerprint: string,
): Promise<string | null> {
  const names = await withStoreForReading(context, async (store) => {
    const sweeps = (await store?.listSweeps()) ?? [];
    return sweeps
      .filter((sweep) => sweep.status === "running")
      .filter((sweep) => readFingerprint(sweep) !== fingerprint)
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

function readFingerprint(sweep: SweepRecord): unknown {
  return (sweep.provenance["identity"] as JsonObject | undefined)?.["model"];
}
