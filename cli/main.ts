import { Command, CommanderError } from "commander";
import { readToolVersion } from "../infra/repository.js";
import { loadSettings } from "../infra/settings.js";
import { addControlCommands } from "./commands/control.js";
import { addDevCommand } from "./commands/dev.js";
import { addDoctorCommand } from "./commands/doctor.js";
import { addPlanCommand } from "./commands/plan.js";
import { addReportCommand } from "./commands/report.js";
import { addResumeCommand } from "./commands/resume.js";
import { addRetryCommand } from "./commands/retry.js";
import { addRunCommand } from "./commands/run.js";
import { addSamplesCommand } from "./commands/samples.js";
import { addShowCommand } from "./commands/show.js";
import { addStatusCommand } from "./commands/status.js";
import { addValidateCommand } from "./commands/validate.js";
import { addWorkerCommand } from "./commands/worker.js";
import type { CommandContext } from "./context.js";
import { exitCodes } from "./exit-codes.js";
import { printError } from "./print-error.js";
import { createTerminal } from "./terminal.js";

/** Runs one command line; sets the process's exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  // `whetstone samples … | head`: a reader that has had enough is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    throw error;
  });
  try {
    const context: CommandContext = { settings: loadSettings(), terminal };
    await createProgram(context).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed its own message, or the help that was asked for.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      return;
    }
    printError(terminal, error);
    process.exitCode = exitCodes.usage;
  }
}

/** The command line with all its commands. */
function createProgram(context: CommandContext): Command {
  const program = new Command("whetstone")
    .description(
      "Test-time self-improvement experiments for tool-calling language models, run as durable workflows.",
    )
    .version(readToolVersion())
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        const message = text.replace(/^error: /, "").trim();
        write(`error USAGE: ${message}\n  next: npx whetstone --help\n`);
      },
    });
  const adders = [
    addRunCommand,
    addResumeCommand,
    addRetryCommand,
    addPlanCommand,
    addValidateCommand,
    addStatusCommand,
    addSamplesCommand,
    addShowCommand,
    addReportCommand,
    addControlCommands,
    addDevCommand,
    addWorkerCommand,
    addDoctorCommand,
  ];
  for (const add of adders) add(program, context);
  return program;
}
