import { toExportSource } from "./export/export-source.js";
import { renderJsonl } from "./export/render-jsonl.js";
import { renderParquet } from "./export/render-parquet.js";
import { renderFigures } from "./figures/render-figures.js";
import { renderPage } from "./page/render-page.js";
import { describeReport } from "./text/provenance-block.js";
import type { ReportData } from "./model/report-data.js";
import { buildTables } from "./tables/build-tables.js";
import { renderCsv } from "./tables/render-csv.js";
import { renderLatex } from "./tables/render-latex.js";
import { renderMarkdown } from "./tables/render-markdown.js";
import type { FolderFile } from "./write-folder.js";

/** Report options besides its data. */
export interface ReportOptions {
  /** Base URL of the page's links to unit histories. */
  readonly temporalUiUrl: string;
  readonly namespace: string;
}

/** Every file of a report, in write order; generated lazily, because some are large. */
export async function* listReportFiles(
  data: ReportData,
  options: ReportOptions,
): AsyncGenerator<FolderFile> {
  const figures = await renderFigures(data);
  yield { path: "index.html", content: renderPage(data, { figures, ...options }) };
  for (const { id, svg, spec } of figures) {
    yield { path: `figures/${id}.svg`, content: `${svg}\n` };
    yield { path: `figures/${id}.vl.json`, content: `${JSON.stringify(spec, null, 2)}\n` };
  }
  for (const table of buildTables(data)) {
    yield { path: `tables/${table.id}.md`, content: renderMarkdown(table) };
    yield { path: `tables/${table.id}.tex`, content: renderLatex(table) };
    yield { path: `tables/${table.id}.csv`, content: renderCsv(table) };
  }
  const sources = data.sweeps.map(toExportSource);
  if (sources.length > 0) {
    yield { path: "results.jsonl", content: renderJsonl(sources) };
    yield { path: "results.parquet", content: renderParquet(sources) };
  }
  const provenance = JSON.stringify(describeReport(data), null, 2);
  yield { path: "provenance.json", content: `${provenance}\n` };
}
