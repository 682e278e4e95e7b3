import type { Command } from "commander";
import { runChecks } from "../doctor/checks.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";

/** `whetstone doctor`: checks requirements and shows how to fix missing ones. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command("doctor")
    .description("check Whetstone's requirements and show how to fix missing ones")
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
        missing === 0 ? "All requirements are met." : `${missing} of ${checks.length} are missing.`,
      );
      if (missing > 0) process.exitCode = exitCodes.usage;
    });
}
