import type { ReportData } from "../model/report-data.js";
import type { FileContent } from "../write-file.js";
import { renderJsonl } from "./render-jsonl.js";
import { renderParquet } from "./render-parquet.js";
import { renderResultsCsv } from "./render-results-csv.js";
import type { RecordColumn } from "./result-records.js";

/** One format that `whetstone export` writes. */
export interface ExporterRecord {
  /** What it holds: a cell of a table in docs/guides/commands.md, in Markdown. */
  readonly summary: string;
  /** Whether it has no place on a terminal. */
  readonly binary?: true;
  readonly render: (data: ReportData, columns: readonly RecordColumn[]) => FileContent;
}

/** Export formats, in the order of lists; the first is the default. */
export const EXPORTERS = {
  jsonl: {
    summary: "JSON Lines, one unit per line",
    render: ({ sweeps }, columns) => renderJsonl(sweeps, columns),
  },
  csv: {
    summary: "CSV for spreadsheets: structured values as JSON text, without traces",
    render: ({ sweeps }, columns) => renderResultsCsv(sweeps, columns),
  },
  parquet: {
    summary: "Parquet (Snappy), structured values as JSON text; needs `--out` on a terminal",
    binary: true,
    render: ({ sweeps, generatedBy }, columns) => renderParquet(sweeps, generatedBy, columns),
  },
} as const satisfies Readonly<Record<string, ExporterRecord>>;

/** Name of an export format. */
export type ExportFormat = keyof typeof EXPORTERS;

/** All export formats, in the order of lists. */
export const EXPORT_FORMATS = Object.keys(EXPORTERS) as [ExportFormat, ...ExportFormat[]];
