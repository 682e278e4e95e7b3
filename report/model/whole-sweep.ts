import type { GoldSample } from "../../domain/samples/sample.js";
import type { ResultRow, Store, SweepRecord } from "../../store/store.js";
import { openTexts, readSamples } from "./report-texts.js";
import { getSweep } from "./summarise-sweep.js";

/** A sweep with all its texts in memory, for what reads every answer of it. */
export interface WholeSweep {
  readonly record: SweepRecord;
  /** Reported units that have a result, in key order, with traces. */
  readonly units: readonly ResultRow[];
  /** Keyed by `<dataset>/<sample key>`. */
  readonly samples: ReadonlyMap<string, GoldSample>;
}

/** Reads a sweep. Throws `SWEEP_NOT_FOUND`. */
export async function loadWholeSweep(store: Store, name: string): Promise<WholeSweep> {
  const record = await getSweep(store, name);
  const units: ResultRow[] = [];
  for await (const row of store.streamResults(name, { role: "report" })) units.push(row);
  return { record, units, samples: await readSamples(openTexts(store), units) };
}
