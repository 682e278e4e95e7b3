import type { Command } from "commander";
import { DEFAULT_FORMAT } from "../../domain/formats/answer-formats.js";
import { loadConfig } from "../../planning/load-config.js";
import { prepareSweep } from "../../planning/prepare-sweep.js";
import type { CommandContext } from "../context.js";
import { settleFromStore } from "../sweep/settle-format.js";
import { addSetOption } from "../set-option.js";

/** `whetstone validate CONFIG`: checks config, model files and all data records. */
export function addValidateCommand(program: Command, context: CommandContext): void {
  addSetOption(
    program
      .command("validate")
      .argument("<config>", "YAML file")
      .description("check a config, its model and its data without running it"),
  ).action(async (path: string, options: { set: readonly string[] }) => {
    const loaded = loadConfig(path, options.set);
    const settleFormat = settleFromStore(context);
    const prepared = await prepareSweep({ loaded, overrides: options.set, settleFormat });
    const { config } = prepared;
    for (const warning of prepared.warnings) context.terminal.note(`warning: ${warning}`);
    const records = prepared.datasets.map(
      (dataset) => `${dataset.spec.name} (${dataset.records} records)`,
    );
    context.terminal.result(
      `${path} is valid: ${prepared.units.length} units over ${records.join(", ")}, prompt ${config.prompt}, format ${config.format ?? DEFAULT_FORMAT}`,
    );
  });
}
