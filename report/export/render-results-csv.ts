import { stringifyExactly } from "../../domain/json/exact-number.js";
import { renderCsvRows } from "../tables/render-csv.js";
import type { ExportSource } from "./export-source.js";
import type { RecordColumn } from "./result-records.js";
import { listRecords, RECORD_COLUMNS } from "./result-records.js";

/**
 * Columns too long for a spreadsheet cell (32,767 characters); JSON Lines and Parquet include them.
 */
const LEFT_OUT = new Set(["trace"]);

/**
 * Results as CSV: structured values as JSON text, no traces, no cell that a spreadsheet would
 * execute.
 */
export async function* renderResultsCsv(
  sources: readonly ExportSource[],
  wanted: readonly RecordColumn[] = RECORD_COLUMNS,
): AsyncGenerator<string> {
  const columns = wanted.filter(({ name }) => !LEFT_OUT.has(name));
  yield renderCsvRows([columns.map(({ name }) => name)]);
  for await (const record of listRecords(sources, columns)) {
    const row = columns.map(({ name, kind }) => {
      const value = record[name] ?? null;
      if (value === null) return null;
      return kind === "json" ? stringifyExactly(value) : (value as string | number | boolean);
    });
    yield renderCsvRows([row]);
  }
}
