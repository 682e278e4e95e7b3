import type { GoldSample } from "../../domain/samples/sample.js";
import type { ResultRow, Store } from "../../store/store.js";

/** Key of a sample in `ReportSweep.samples`: `<dataset>/<sample key>`. */
export function sampleId(row: Pick<ResultRow, "dataset" | "sampleKey">): string {
  return `${row.dataset}/${row.sampleKey}`;
}

/** Samples of the rows, with their gold; samples missing from the store are absent. */
export async function loadSamples(
  store: Store,
  rows: readonly ResultRow[],
): Promise<ReadonlyMap<string, GoldSample>> {
  const wanted = new Map(rows.map((row) => [sampleId(row), row]));
  const samples = new Map<string, GoldSample>();
  for (const id of [...wanted.keys()].sort()) {
    const row = wanted.get(id);
    if (row === undefined) continue;
    const sample = await store.getSample(row.dataset, row.sampleKey);
    const gold = await store.getGold(row.dataset, row.sampleKey);
    if (sample !== null && gold !== null) samples.set(id, { sample, gold });
  }
  return samples;
}
