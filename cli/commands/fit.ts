import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { DEFAULT_FORMAT } from "../../domain/formats/answer-formats.js";
import { FIT_RECORDS, NATIVE_PROMPT } from "../../domain/formats/format-fit.js";
import { fingerprintModel } from "../../infra/model-files/fingerprint.js";
import { provideModel } from "../../infra/model-files/provide.js";
import { FIT_PROMPTS, measureFitTable, readFitQueries } from "../../planning/fit/fit-table.js";
import { requireNativeFormat } from "../../planning/fit/native-format.js";
import { loadConfig } from "../../planning/load-config.js";
import type { CommandContext } from "../context.js";
import { addSetOption } from "../set-option.js";
import { openFitEngine } from "../sweep/fit-engine.js";
import { renderFit } from "../terminal/fit.js";

interface FitOptions {
  readonly set: readonly string[];
  readonly records: number;
  readonly prompt?: string;
  readonly json?: true;
}

/** `whetstone fit CONFIG`: shows how the config's model answers in every prompt and format. */
export function addFitCommand(program: Command, context: CommandContext): void {
  addSetOption(
    program
      .command("fit")
      .argument("<config>", "YAML file")
      .description("try every prompt and answer format on a few records; show which one fits")
      .option("--records <n>", `records to try, 1 to ${FIT_RECORDS}`, parseRecords, 8)
      .option("--prompt <name>", `one prompt only: ${FIT_PROMPTS.join(", ")}`)
      .option("--json", "one JSON line"),
  ).action(async (path: string, options: FitOptions) => {
    const prompts = choosePrompts(options.prompt);
    const loaded = loadConfig(path, options.set);
    const config =
      options.prompt === undefined ? loaded.config : { ...loaded.config, prompt: options.prompt };
    const directory = await provideModel(config.model, context.terminal);
    const fingerprint = await fingerprintModel(directory);
    // Refuses a native prompt that the model does not have.
    if (config.prompt === NATIVE_PROMPT) requireNativeFormat(directory);
    const queries = await readFitQueries(config, options.records);
    const model = { directory, fingerprint };
    const engine = await openFitEngine(context, model);
    const measured = await measureFitTable(config, queries, prompts, directory, engine);
    const table = { ...measured, format: config.format ?? DEFAULT_FORMAT };
    if (options.json === true) context.terminal.json(table);
    else for (const line of renderFit(table)) context.terminal.result(line);
  });
}

function choosePrompts(name: string | undefined): readonly string[] {
  if (name === undefined) return FIT_PROMPTS;
  if (FIT_PROMPTS.includes(name)) return [name];
  throw new WhetstoneError(`There is no prompt style ${JSON.stringify(name)}.`, {
    code: "USAGE",
    hint: `Use one of: ${FIT_PROMPTS.join(", ")}.`,
  });
}

function parseRecords(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= FIT_RECORDS) return count;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${FIT_RECORDS}.`);
}
