import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { loadConfig } from "../../planning/load-config.js";
import { planAndExecute } from "../sweep/plan-and-execute.js";
import { addSetOption } from "../set-option.js";

interface RunOptions {
  readonly set: readonly string[];
  readonly detach?: true;
}

/** `whetstone run CONFIG`: runs a sweep, or its remaining units. */
export function addRunCommand(program: Command, context: CommandContext): void {
  addSetOption(
    program
      .command("run")
      .argument("<config>", "YAML file, e.g. configs/quickstart.yaml")
      .description("run a sweep; run again to resume it")
      .option("--detach", "start the sweep in the background and exit"),
  ).action(async (path: string, options: RunOptions) => {
    process.exitCode = await planAndExecute(context, {
      loaded: loadConfig(path, options.set),
      overrides: options.set,
      retryFailed: false,
      detach: options.detach ?? false,
    });
  });
}
