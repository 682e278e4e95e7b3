import type { Command } from "commander";
import type { RestoreSummary } from "../../archive/restore-archive.js";
import { restoreArchive } from "../../archive/restore-archive.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { CommandContext } from "../context.js";
import { withStore } from "../context.js";

interface RestoreOptions {
  readonly data: readonly string[];
  /** False with `--no-texts`. */
  readonly texts: boolean;
}

/** `whetstone restore FILE`: puts an archived sweep into this store. */
export function addRestoreCommand(program: Command, context: CommandContext): void {
  program
    .command("restore")
    .argument("<file>", "what `archive` wrote")
    .description("put an archived sweep into this store; run its config again to go on")
    .option(
      "--data <name=path>",
      "where a data set is whose texts the archive leaves out (repeatable)",
      (value: string, previous: readonly string[]) => [...previous, value],
      [],
    )
    .option("--no-texts", "restore results and tables even if such texts cannot be rebuilt")
    .action(async (path: string, options: RestoreOptions) => {
      const data = new Map(options.data.map(readPlace));
      const summary = await restoreArchive({ path, data, withoutTexts: !options.texts }, (work) =>
        withStore(context, work),
      );
      for (const line of describeRestore(summary)) context.terminal.note(line);
    });
}

function readPlace(option: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/s.exec(option) ?? [];
  if (name !== undefined && path !== undefined) return [name, path];
  throw new WhetstoneError(`--data ${JSON.stringify(option)} is not NAME=PATH.`, {
    code: "USAGE",
    hint: "for example --data sealtool=data/sealtool.json",
  });
}

function describeRestore({ sweep, state, added, problems }: RestoreSummary): string[] {
  const count = Object.values(added).reduce((sum, each) => sum + each, 0);
  const warnings = problems.map((problem) => `warning: texts are left out: ${problem}`);
  if (count === 0 && state !== "grown") {
    return [...warnings, `sweep ${sweep} is in this store already; nothing was added`];
  }
  const { unit, result, step } = added;
  return [
    ...warnings,
    `restored sweep ${sweep}: ${result} results, ${unit} units, ${step} steps added`,
    `see it with: npx whetstone report ${sweep}`,
    `run what is left with: npx whetstone resume ${sweep}, or run its config again`,
  ];
}
