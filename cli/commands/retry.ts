import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { rerunStored } from "./resume.js";

/** `whetstone retry SWEEP --failed`: reruns failed units and runs the remaining ones. */
export function addRetryCommand(program: Command, context: CommandContext): void {
  program
    .command("retry")
    .argument("<sweep>")
    .description("rerun failed units and run the remaining units of the sweep")
    .requiredOption("--failed", "the units that an infrastructure failure ended")
    .option("--detach", "start the sweep in the background and exit")
    .action(async (name: string, options: { detach?: true }) => {
      process.exitCode = await rerunStored(context, name, {
        retryFailed: true,
        detach: options.detach ?? false,
      });
    });
}
