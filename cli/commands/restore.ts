import type { Command } from "commander";
import type { RestoreSummary } from "../../archive/restore-archive.js";
import { restoreArchive } from "../../archive/restore-archive.js";
import type { CommandContext } from "../context.js";
import { withStore } from "../context.js";

/** `whetstone restore FILE`: puts an archived sweep into this store. */
export function addRestoreCommand(program: Command, context: CommandContext): void {
  program
    .command("restore")
    .argument("<file>", "what `archive` wrote")
    .description("put an archived sweep into this store; run its config again to go on")
    .action(async (path: string) => {
      const summary = await restoreArchive(path, (work) => withStore(context, work));
      for (const line of describeRestore(summary)) context.terminal.note(line);
    });
}

function describeRestore({ sweep, state, added }: RestoreSummary): string[] {
  const count = Object.values(added).reduce((sum, each) => sum + each, 0);
  if (count === 0 && state !== "grown") {
    return [`sweep ${sweep} is in this store already; nothing was added`];
  }
  const { unit, result, step } = added;
  return [
    `restored sweep ${sweep}: ${result} results, ${unit} units, ${step} steps added`,
    `see it with: npx whetstone report ${sweep}`,
    `run what is left with: npx whetstone resume ${sweep}, or run its config again`,
  ];
}
