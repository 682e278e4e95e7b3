import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ResultFilter } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import type { SampleLine } from "../terminal/samples-table.js";
import { renderSamplesTable, toSampleLine } from "../terminal/samples-table.js";

interface SamplesOptions {
  readonly failed?: true;
  readonly uncertain?: true;
  readonly wrong?: true;
  readonly calibration?: true;
  readonly variant?: string;
  readonly seed?: string;
  readonly dataset?: string;
  readonly limit?: string;
  readonly json?: true;
}

/** `whetstone samples SWEEP`: lists its results, filtered. */
export function addSamplesCommand(program: Command, context: CommandContext): void {
  program
    .command("samples")
    .argument("<sweep>")
    .description("list the results of a sweep, one line per unit")
    .option("--failed", "only units that an infrastructure failure ended")
    .option("--uncertain", "only units flagged as uncertain")
    .option("--wrong", "only wrong or unparsable answers")
    .option("--calibration", "also calibration units, which are not reported")
    .option("--variant <name>", "only this variant")
    .option("--seed <index>", "only this seed")
    .option("--dataset <name>", "only this data set")
    .option("--limit <count>", "maximum number of lines")
    .option("--json", "JSON lines with all stored fields")
    .action((name: string, options: SamplesOptions) =>
      withSweep(context, name, async (store, sweep) => {
        const variants = sweep.config.variants.map((variant) => variant.name);
        if (options.variant !== undefined && !variants.includes(options.variant)) {
          throw new WhetstoneError(
            `Sweep ${name} has no variant "${options.variant}". Its variants: ${variants.join(", ")}.`,
            { code: "VARIANT_UNKNOWN", hint: `npx whetstone status ${name}` },
          );
        }
        const limit = readNumber("--limit", options.limit);
        const found = await store.listResultKeys(name, toFilter(options), "plan");
        const rows = store.streamRows(found.slice(0, limit).map(({ unitKey }) => unitKey));
        if (options.json === true) {
          for await (const row of rows) context.terminal.json(row);
          return;
        }
        const lines: SampleLine[] = [];
        for await (const row of rows) lines.push(toSampleLine(row));
        printTable(context, name, lines, found.length);
      }),
    );
}

function printTable(
  context: CommandContext,
  sweep: string,
  rows: readonly SampleLine[],
  found: number,
): void {
  const { terminal } = context;
  if (found === 0) {
    terminal.note("No results match.");
    return;
  }
  for (const line of renderSamplesTable(rows, terminal.width)) terminal.result(line);
  if (rows.length < found) terminal.note(`Showing ${rows.length} of ${found}.`);
  terminal.note(`Show one: npx whetstone show ${sweep} ${rows[0]?.sampleKey ?? "SAMPLE"}`);
}

function toFilter(options: SamplesOptions): ResultFilter {
  const seed = readNumber("--seed", options.seed);
  // A failed calibration unit needs the user, so --failed lists it.
  const isReported = options.calibration === undefined && options.failed === undefined;
  return {
    ...(isReported ? ({ role: "report" } as const) : {}),
    ...(options.failed === undefined ? {} : { failed: true }),
    ...(options.uncertain === undefined ? {} : { uncertain: true }),
    ...(options.wrong === undefined ? {} : { wrong: true }),
    ...(options.variant === undefined ? {} : { variant: options.variant }),
    ...(options.dataset === undefined ? {} : { dataset: options.dataset }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new WhetstoneError(`${option} needs a whole number, not ${JSON.stringify(text)}.`, {
    code: "USAGE",
    hint: "npx whetstone samples --help",
  });
}
