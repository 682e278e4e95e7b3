import type { Command } from "commander";
import { runChecks } from "../doctor/checks.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";

/** `whetstone doctor`: what is there, what is missing, how to get it. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .description("check what Whetstone needs and say how to get what is missing")
    .option("--json", "JSON lines")
    .action(async (options: { json?: true }) => {
      const checks = await runChecks(context.settings);
      for (const check of checks) {
        if (options.json === true) {
          context.terminal.json(check);
          continue;
        }
        context.terminal.result(
          `${check.state.padEnd(7)}  ${check.name.padEnd(16)}  ${check.found}`,
        );
        if (check.fix !== undefined) context.terminal.result(`         next: ${check.fix}`);
      }
      const missing = checks.filter((check) => check.state === "missing").length;
      context.terminal.note(
        missing === 0 ? "Everything needed is there." : `${missing} of ${checks.length} missing.`,
      );
      if (missing > 0) process.exitCode = exitCodes.usage;
    });
}
