import type { Command } from "commander";
import type { LeftOutData } from "../../archive/archive-format.js";
import { streamArchive } from "../../archive/write-archive.js";
import { writeFileWhole } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";

interface ArchiveOptions {
  readonly out?: string;
  /** True with `--texts`, false with `--no-texts`. */
  readonly texts?: boolean;
}

/** `whetstone archive SWEEP`: writes everything of a sweep into one file. */
export function addArchiveCommand(program: Command, context: CommandContext): void {
  program
    .command("archive")
    .argument("<sweep>")
    .description(
      "write a sweep into one file: plan, results, steps, provenance; also while it runs",
    )
    .option("--out <file>", "write here instead of SWEEP.whetstone.gz")
    .option("--texts", "keep the texts of all data; by default only those of the bundled data stay")
    .option("--no-texts", "leave out the texts of all data; `restore` reads the data again")
    .action((name: string, options: ArchiveOptions) =>
      withSweep(context, name, async (store, sweep) => {
        const path = options.out ?? `${name}.whetstone.gz`;
        const texts = options.texts === undefined ? "by format" : options.texts ? "all" : "none";
        const { bytes, counts, leftOut } = streamArchive(store, sweep, texts);
        await writeFileWhole(path, bytes);
        const { unit = 0, result = 0, step = 0 } = counts;
        const { terminal } = context;
        terminal.note(`${path}: sweep ${name}, ${result} results of ${unit} units, ${step} steps`);
        for (const line of describeLeftOut(leftOut)) terminal.note(line);
        terminal.note(`put it into another store with: npx whetstone restore ${path}`);
      }),
    );
}

function describeLeftOut(leftOut: readonly LeftOutData[]): string[] {
  if (leftOut.length === 0) return [];
  const names = [...new Set(leftOut.map(({ name }) => name))].join(", ");
  return [`texts of ${names} are left out; restoring reads the data again (--texts keeps them)`];
}
