import type { Command } from "commander";

/** Adds the repeatable option `--set field=value`. */
export function addSetOption(command: Command): Command {
  return command.option(
    "--set <field=value>",
    "override a field of the config, e.g. --set dataset.limit=20 (repeatable)",
    (value: string, previous: readonly string[]) => [...previous, value],
    [],
  );
}
