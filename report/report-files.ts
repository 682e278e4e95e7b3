import type { ReportData } from "./report-data.js";
import { renderJsonl } from "./export/render-jsonl.js";
import { renderParquet } from "./export/render-parquet.js";
import { describeReport } from "./provenance-block.js";
import { buildTables } from "./tables/build-tables.js";
import { renderCsv } from "./tables/render-csv.js";
import { renderLatex } from "./tables/render-latex.js";
import { renderMarkdown } from "./tables/render-markdown.js";

/** One file of a report; `content` may come in pieces. */
export interface ReportFile {
  /** Relative to the report's folder, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array | Iterable<string>;
}

/** Every file of a report, in the order they are written; one at a time, since some are large. */
export function* listReportFiles(data: ReportData): Generator<ReportFile> {
  for (const table of buildTables(data)) {
    yield { path: `tables/${table.id}.md`, content: renderMarkdown(table) };
    yield { path: `tables/${table.id}.tex`, content: renderLatex(table) };
    yield { path: `tables/${table.id}.csv`, content: renderCsv(table) };
  }
  yield { path: "results.jsonl", content: renderJsonl(data.sweeps) };
  yield { path: "results.parquet", content: renderParquet(data.sweeps, data.generatedBy) };
  const provenance = JSON.stringify(describeReport(data), null, 2);
  yield { path: "provenance.json", content: `${provenance}\n` };
}
