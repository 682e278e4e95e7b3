import { stringifyExactly } from "../../domain/json/exact-number.js";
import type { ReportSweep } from "../model/report-data.js";
import { renderCsvRows } from "../tables/render-csv.js";
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
export function renderResultsCsv(
  sweeps: readonly ReportSweep[],
  wanted: readonly RecordColumn[] = RECORD_COLUMNS,
): string {
  const columns = wanted.filter(({ name }) => !LEFT_OUT.has(name));
  const rows = [...listRecords(sweeps, columns)].map((record) =>
    columns.map(({ name, kind }) => {
      const value = record[name] ?? null;
      if (value === null) return null;
      return kind === "json" ? stringifyExactly(value) : (value as string | number | boolean);
    }),
  );
  return renderCsvRows(
    columns.map(({ name }) => name),
    rows,
  );
}
