import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { rerunStored } from "./resume.js";

/** `whetstone retry SWEEP --failed`: runs the failed units again, and what is left. */
export function addRetryCommand(program: Command, context: CommandContext): void {
  program
    .command("retry")
    .argument("<sweep>")
    .description("run failed units again, and what is left of the sweep")
    .requiredOption("--failed", "the units that a failure of the machinery ended")
    .option("--detach", "start it and leave it to the workers")
    .action(async (name: string, options: { detach?: true }) => {
      process.exitCode = await rerunStored(context, name, {
        retryFailed: true,
        detach: options.detach ?? false,
      });
    });
}
