import type { Command } from "commander";
import type { ArchiveCounts } from "../../archive/write-archive.js";
import { streamArchive } from "../../archive/write-archive.js";
import { writeFileWhole } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";

/** `whetstone archive SWEEP`: writes everything of a sweep into one file. */
export function addArchiveCommand(program: Command, context: CommandContext): void {
  program
    .command("archive")
    .argument("<sweep>")
    .description(
      "write a sweep into one file: plan, results, steps, provenance; also while it runs",
    )
    .option("--out <file>", "write here instead of SWEEP.whetstone.gz")
    .action((name: string, options: { out?: string }) =>
      withSweep(context, name, async (store) => {
        const path = options.out ?? `${name}.whetstone.gz`;
        const counts: ArchiveCounts = {};
        await writeFileWhole(path, streamArchive(store, name, counts));
        const { unit = 0, result = 0, step = 0 } = counts;
        context.terminal.note(
          `${path}: sweep ${name}, ${result} results of ${unit} units, ${step} steps`,
        );
        context.terminal.note(`put it into another store with: npx whetstone restore ${path}`);
      }),
    );
}
