import type { ResultRow } from "../../store/store.js";

/** Key of a sample in `ReportSweep.samples`: `<dataset>/<sample key>`. */
export function sampleId(row: Pick<ResultRow, "dataset" | "sampleKey">): string {
  return `${row.dataset}/${row.sampleKey}`;
}
