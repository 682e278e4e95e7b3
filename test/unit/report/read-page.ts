import type { ReportData } from "../../../report/model/report-data.js";
import type { PageOptions } from "../../../report/page/render-page.js";
import { renderPage } from "../../../report/page/render-page.js";

/** The whole page of a report. */
export async function readPage(
  data: ReportData,
  options: PageOptions = { figures: [] },
): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of renderPage(data, options)) pieces.push(piece);
  return pieces.join("");
}
