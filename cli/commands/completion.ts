import type { Command } from "commander";
import { Argument } from "commander";
import process from "node:process";
import type { CompletionShell } from "../terminal/completion-script.js";
import { COMPLETION_SHELLS, renderCompletion } from "../terminal/completion-script.js";

/** `whetstone completion SHELL`: writes the shell's completion script to stdout. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>").choices(COMPLETION_SHELLS))
    .description("script that completes commands and options in a shell")
    .action((shell: CompletionShell) => {
      process.stdout.write(renderCompletion(program, shell));
    });
}
