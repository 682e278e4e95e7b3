import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { repositoryRoot } from "../../infra/repository.js";
import { toWriteError, writeNewFile } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";

/** The files to start from, in the repository's `configs/starter/`. */
const FILES = ["my-first.yaml", "my-data.jsonl"] as const;

/** `whetstone init [DIR]`: writes a config and five records to start from. Never replaces a file. */
export function addInitCommand(program: Command, context: CommandContext): void {
  program
    .command("init")
    .argument("[directory]", "where to write them", ".")
    .description("write a config and five records to start from")
    .action(async (directory: string) => {
      const folder = resolve(directory);
      const taken = FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
      if (taken.length > 0) {
        throw new WhetstoneError(`${taken.join(" and ")} exists already. Nothing was written.`, {
          code: "OUTPUT_EXISTS",
          hint: "`npx whetstone init DIRECTORY` writes into another directory",
        });
      }
      for (const name of FILES) {
        await writeNewFile(
          join(folder, name),
          readFileSync(join(repositoryRoot, "configs/starter", name), "utf8"),
        ).catch((error: unknown) => {
          throw toWriteError(error, folder, "name another directory: one that you may write to");
        });
      }
      const config = relative(process.cwd(), join(folder, FILES[0]));
      context.terminal.result(
        [
          `wrote ${FILES.map((name) => relative(process.cwd(), join(folder, name))).join(" and ")}`,
          `next: npx whetstone validate ${config}`,
          `      npx whetstone run ${config}`,
        ].join("\n"),
      );
    });
}
