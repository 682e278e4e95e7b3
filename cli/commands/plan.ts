import type { Command } from "commander";
import { loadConfig } from "../../planning/load-config.js";
import { previewSweep } from "../../planning/plan-sweep.js";
import { prepareSweep } from "../../planning/prepare-sweep.js";
import type { CommandContext } from "../context.js";
import { renderPlan } from "../terminal/plan.js";
import { settleFromStore } from "../sweep/settle-format.js";
import { addSetOption } from "../set-option.js";

interface PlanOptions {
  readonly set: readonly string[];
  readonly json?: true;
}

/** `whetstone plan CONFIG`: shows what `run` would do, without doing it. */
export function addPlanCommand(program: Command, context: CommandContext): void {
  addSetOption(
    program
      .command("plan")
      .argument("<config>", "YAML file")
      .description("show the units, calls and time of a run without running it")
      .option("--json", "one JSON line"),
  ).action(async (path: string, options: PlanOptions) => {
    const loaded = loadConfig(path, options.set);
    const settleFormat = settleFromStore(context);
    const prepared = await prepareSweep({ loaded, overrides: options.set, settleFormat });
    const summary = await previewSweep(
      context.settings.databaseUrl,
      prepared,
      context.terminal.note,
    );
    if (options.json === true) context.terminal.json(summary);
    else for (const line of renderPlan(summary)) context.terminal.result(line);
  });
}
