import type { Command } from "commander";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import { planAndExecute } from "../sweep/plan-and-execute.js";

/** `whetstone resume SWEEP`: repeats its `run` from the stored config. */
export function addResumeCommand(program: Command, context: CommandContext): void {
  program
    .command("resume")
    .argument("<sweep>")
    .description("run the remaining units of a sweep")
    .option("--detach", "start the sweep in the background and exit")
    .action(async (name: string, options: { detach?: true }) => {
      process.exitCode = await rerunStored(context, name, {
        retryFailed: false,
        detach: options.detach ?? false,
      });
    });
}

/** Plans and runs a stored sweep again from its stored config. Returns the exit code. */
export async function rerunStored(
  context: CommandContext,
  name: string,
  options: { readonly retryFailed: boolean; readonly detach: boolean },
): Promise<number> {
  const loaded = await withSweep(context, name, (_, sweep) =>
    Promise.resolve({ config: sweep.config, text: sweep.configText, path: null }),
  );
  return planAndExecute(context, { loaded, overrides: [], ...options });
}
