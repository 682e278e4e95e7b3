import { join, resolve } from "node:path";
import type { Command } from "commander";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import type { ReportData } from "../../report/model/report-data.js";
import { collectReportData } from "../../report/model/report-data.js";
import { renderPaperComparison } from "../../report/paper/render-paper-comparison.js";
import { renderServedText } from "../../report/served/render-served-text.js";
import { renderSummaryTable } from "../../report/text/summary-table.js";
import { writeReport } from "../../report/write-report.js";
import type { CommandContext } from "../context.js";
import { withReportedNames } from "../sweep/reported-names.js";

interface ReportOptions {
  readonly out?: string;
  readonly json?: true;
}

/** `whetstone report SWEEP...`: prints tables, or writes a folder with page, figures and data. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command("report")
    .argument("<sweep...>")
    .description(
      "report accuracy, intervals, flips, p-values, controls and seconds of sweeps, and requests that were served",
    )
    .option("--out <dir>", "write page, figures, tables, results and provenance to this folder")
    .option(
      "--json",
      "one JSON line per sweep and per served config; with --out, one JSON line that lists the files",
    )
    .action((names: string[], options: ReportOptions) =>
      withReportedNames(context, names, async (store) => {
        const data = await collectReportData(store, [...new Set(names)]);
        if (options.out !== undefined) await writeOut(context, data, options.out, options);
        else print(context, data, options);
      }),
    );
}

function print({ terminal }: CommandContext, data: ReportData, options: ReportOptions): void {
  data.sweeps.forEach((sweep, index) => {
    const { summary } = sweep;
    if (options.json === true) {
      terminal.json(summary);
      return;
    }
    if (index > 0) terminal.result("");
    terminal.result(renderSummaryTable(summary, terminal.width));
    const besidePaper = renderPaperComparison(sweep);
    if (besidePaper !== null) terminal.result(`\n${besidePaper}`);
  });
  (data.served ?? []).forEach((summary, index) => {
    if (options.json === true) {
      terminal.json(summary);
      return;
    }
    if (index + data.sweeps.length > 0) terminal.result("");
    terminal.result(renderServedText(summary, terminal.width));
  });
}

async function writeOut(
  { terminal, settings }: CommandContext,
  data: ReportData,
  folder: string,
  options: ReportOptions,
): Promise<void> {
  const { temporalUiUrl } = settings;
  const { namespace } = resolveTemporalTarget(settings);
  const files = await writeReport(data, folder, { temporalUiUrl, namespace });
  if (options.json === true) {
    terminal.json({ folder: resolve(folder), files });
    return;
  }
  terminal.result(resolve(folder));
  terminal.note(`${files.length} files`);
  if (files.includes("index.html")) terminal.note(`open ${join(resolve(folder), "index.html")}`);
}
