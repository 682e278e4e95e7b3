import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { BENCHMARKS, findBenchmark, readBenchmark } from "../../datasets/benchmarks.js";
import type { ImportedDataset } from "../../datasets/index.js";
import { assembleDataset, importDataset } from "../../datasets/index.js";
import { countGoldPositions, inspectRecords } from "../../datasets/inspect-records.js";
import { renderOpenaiJsonl } from "../../datasets/write-openai-jsonl.js";
import { WhetstoneError } from "../../domain/errors.js";
import type { CommandContext } from "../context.js";
import { formatColumns } from "../format.js";

interface CheckOptions {
  readonly from?: string;
  readonly format?: string;
  readonly path?: string;
  readonly rows?: string;
}

interface ImportOptions {
  readonly from: string;
  readonly out?: string;
  readonly rows?: string;
}

/** `whetstone data list|check|import`: the benchmarks' files. */
export function addDataCommand(program: Command, context: CommandContext): void {
  const { settings, terminal } = context;
  const data = program.command("data").description("benchmarks: what is known, check, import");

  data
    .command("list")
    .description("known benchmarks: records, licence, where their files come from")
    .action(() => {
      const rows = BENCHMARKS.map(({ name, records, licence, note, source }) => [
        name,
        String(records),
        licence,
        note,
        source,
      ]);
      const heads = ["name", "records", "licence", "what", "upstream files"];
      for (const line of formatColumns(heads, rows, [1])) terminal.result(line);
    });

  data
    .command("check")
    .argument("[name]", "a benchmark that `data list` names")
    .description("count records, compare with the known files, list what is odd")
    .option("--from <dir>", "folder with the upstream files")
    .option("--rows <file>", "JSON list of record numbers to take")
    .option("--format <format>", "a config's data format, instead of a benchmark's name")
    .option("--path <path>", "its file or folder")
    .action(async (name: string | undefined, options: CheckOptions) => {
      const dataset = await readForCheck(name, options);
      for (const line of describeDataset(dataset)) terminal.result(line);
      if (name !== undefined) requireKnown(name, dataset, options.rows);
    });

  data
    .command("import")
    .argument("<name>", "a benchmark that `data list` names")
    .description("write a benchmark as openai-jsonl, for a config's `path`")
    .requiredOption("--from <dir>", "folder with the upstream files")
    .option("--out <file>", "default: <WHETSTONE_HOME>/data/<name>.jsonl")
    .option("--rows <file>", "JSON list of record numbers to take")
    .action(async (name: string, options: ImportOptions) => {
      const file = await readBenchmark(findBenchmark(name), options.from, options.rows);
      const dataset = assembleDataset({ name, format: "openai-jsonl" }, file);
      const out = resolve(options.out ?? join(settings.home, "data", `${name}.jsonl`));
      await writeChecked(out, dataset);
      for (const warning of dataset.warnings) terminal.note(`warning: ${warning}`);
      terminal.result(`${out}: ${dataset.samples.length} records, content ${dataset.contentHash}`);
      terminal.note(`use it: dataset: { name: ${name}, format: openai-jsonl, path: ${out} }`);
    });
}

async function readForCheck(
  name: string | undefined,
  { from, format, path, rows }: CheckOptions,
): Promise<ImportedDataset> {
  if (name !== undefined && from !== undefined) {
    const file = await readBenchmark(findBenchmark(name), from, rows);
    return assembleDataset({ name, format: "openai-jsonl" }, file);
  }
  if (name === undefined && format !== undefined) {
    return importDataset({ name: format, format, ...(path === undefined ? {} : { path }) });
  }
  throw new WhetstoneError("data check needs a benchmark and its folder, or a format and a path.", {
    code: "USAGE",
    hint: "npx whetstone data check sealtool --from DIR, or data check --format openai-jsonl --path FILE",
  });
}

function describeDataset(dataset: ImportedDataset): string[] {
  const records = dataset.samples.map(({ sample, gold }) => ({ ...sample, gold }));
  const candidates = records.map(({ tools }) => tools.length);
  const fileWarnings = dataset.warnings.filter((warning) => !/: \d+ records? \(/.test(warning));
  return [
    `${dataset.name}: ${records.length} records from ${dataset.source}`,
    `content ${dataset.contentHash}`,
    `candidates per record: ${Math.min(...candidates)} to ${Math.max(...candidates)}; gold tool first, second, ...: ${countGoldPositions(records).join(", ")}`,
    ...fileWarnings.map((warning) => `warning: ${warning}`),
    ...inspectRecords(records).map(
      ({ oddity, rows }) => `warning: ${oddity}: ${rows.length} (${rows.join(", ")})`,
    ),
  ];
}

function requireKnown(name: string, dataset: ImportedDataset, rows: string | undefined): void {
  const { records } = findBenchmark(name);
  const isUnknown = dataset.warnings.some((warning) =>
    warning.includes("is not a file known here"),
  );
  if (rows !== undefined || (dataset.samples.length === records && !isUnknown)) return;
  throw new WhetstoneError(
    `${name} should have ${records} records from the known upstream files; here are ${dataset.samples.length}.`,
    { code: "DATA_CHECK_FAILED", hint: "get the files that `npx whetstone data list` names" },
  );
}

/** Writes a file beside `out`, reads it back, and renames it only if every sample and gold is the same. */
async function writeChecked(out: string, dataset: ImportedDataset): Promise<void> {
  const staging = `${out}.${process.pid}.new`;
  mkdirSync(dirname(out), { recursive: true });
  try {
    writeFileSync(staging, renderOpenaiJsonl(dataset.samples));
    const again = await importDataset({
      name: dataset.name,
      format: "openai-jsonl",
      path: staging,
    });
    if (again.contentHash !== dataset.contentHash) {
      throw new Error(`${dataset.name} was written differently from what was read`);
    }
    renameSync(staging, out);
  } finally {
    rmSync(staging, { force: true });
  }
}
