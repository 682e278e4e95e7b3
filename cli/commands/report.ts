import type { Command } from "commander";
import { renderSummaryTable } from "../../report/render-summary-table.js";
import { summariseSweep } from "../../report/summarise-sweep.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";

/** `whetstone report SWEEP`: the table, from the store alone. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command("report")
    .argument("<sweep>")
    .description("print the table of a sweep: accuracy, flips, p-values, seconds per step")
    .option("--json", "one JSON line")
    .action((name: string, options: { json?: true }) =>
      withSweep(context, name, async (store) => {
        const summary = await summariseSweep(store, name);
        context.terminal.result(
          options.json === true ? JSON.stringify(summary) : renderSummaryTable(summary),
        );
      }),
    );
}
