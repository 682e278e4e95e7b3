import { Command, CommanderError } from "commander";
import { readToolVersion } from "../infra/repository.js";
import { loadSettings } from "../infra/settings.js";
import type { CommandContext } from "./context.js";
import { showControls } from "../domain/text/control-characters.js";
import { endQuietlyOnClosedPipes } from "./terminal/closed-pipe.js";
import { exitCodes } from "./terminal/exit-codes.js";
import { printError } from "./terminal/print-error.js";
import { createTerminal } from "./terminal/terminal.js";

/**
 * Runs one command line, sets the process's exit code, and never throws.
 *
 * If a command fails or is interrupted, exits explicitly: in-flight calls have no consumer, and a client that retries
 * on its closed connection would throw.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  endQuietlyOnClosedPipes(terminal);
  try {
    const context: CommandContext = { settings: loadSettings(), terminal };
    const program = await createProgram(context, argv[2] ?? "");
    await program.parseAsync([...argv]);
    if (process.exitCode === exitCodes.interrupted) process.exit();
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has already printed its message or the requested help.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      return;
    }
    printError(terminal, error);
    process.exit(exitCodes.usage);
  }
}

type AddCommand = (program: Command, context: CommandContext) => void;

/**
 * Loaders of all commands. Only the requested command's file is loaded, because Temporal's client, the importers and
 * the store take a while to load.
 */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./commands/init.js")).addInitCommand,
  run: async () => (await import("./commands/run.js")).addRunCommand,
  resume: async () => (await import("./commands/resume.js")).addResumeCommand,
  retry: async () => (await import("./commands/retry.js")).addRetryCommand,
  plan: async () => (await import("./commands/plan.js")).addPlanCommand,
  validate: async () => (await import("./commands/validate.js")).addValidateCommand,
  fit: async () => (await import("./commands/fit.js")).addFitCommand,
  status: async () => (await import("./commands/status.js")).addStatusCommand,
  samples: async () => (await import("./commands/samples.js")).addSamplesCommand,
  show: async () => (await import("./commands/show.js")).addShowCommand,
  report: async () => (await import("./commands/report.js")).addReportCommand,
  export: async () => (await import("./commands/export.js")).addExportCommand,
  archive: async () => (await import("./commands/archive.js")).addArchiveCommand,
  restore: async () => (await import("./commands/restore.js")).addRestoreCommand,
  compare: async () => (await import("./commands/compare.js")).addCompareCommand,
  score: async () => (await import("./commands/score.js")).addScoreCommand,
  codec: async () => (await import("./commands/codec.js")).addCodecCommand,
  view: async () => (await import("./commands/view.js")).addViewCommand,
  serve: async () => (await import("./commands/serve.js")).addServeCommand,
  pause: async () => (await import("./commands/control.js")).addPauseCommand,
  unpause: async () => (await import("./commands/control.js")).addUnpauseCommand,
  cancel: async () => (await import("./commands/control.js")).addCancelCommand,
  concurrency: async () => (await import("./commands/control.js")).addConcurrencyCommand,
  dev: async () => (await import("./commands/dev.js")).addDevCommand,
  worker: async () => (await import("./commands/worker.js")).addWorkerCommand,
  data: async () => (await import("./commands/data.js")).addDataCommand,
  bench: async () => (await import("./commands/bench.js")).addBenchCommand,
  doctor: async () => (await import("./commands/doctor.js")).addDoctorCommand,
  completion: async () => (await import("./commands/completion.js")).addCompletionCommand,
};

/** Creates the program with the named command, or with all commands for help and unknown names. */
async function createProgram(context: CommandContext, name: string): Promise<Command> {
  const program = new Command("whetstone")
    .description(
      "Test-time self-improvement experiments for tool-calling language models, run as durable workflows.",
    )
    .version(readToolVersion())
    .showSuggestionAfterError()
    .exitOverride();
  const isVersion = name === "-V" || name === "--version";
  const others = isVersion ? [] : Object.values(commands);
  // A completion script names all commands.
  const isOne = Object.hasOwn(commands, name) && name !== "completion";
  const asked = isOne ? [commands[name]] : others;
  for (const load of asked) (await load?.())?.(program, context);
  pointToOwnHelp(program, "npx whetstone");
  return program;
}

/** Makes the usage errors of a command and of its subcommands name their own help; `typed` is what starts the command. */
function pointToOwnHelp(command: Command, typed: string): void {
  command.configureOutput({
    outputError: (text, write) => {
      const message = text.replace(/^error: /, "").trim();
      write(`error USAGE: ${showControls(message)}\n  next: ${typed} --help\n`);
    },
  });
  for (const each of command.commands) pointToOwnHelp(each, `${typed} ${each.name()}`);
}
