import { join, resolve } from "node:path";
import type { Command } from "commander";
import { BENCHMARKS, findBenchmark } from "../../datasets/benchmarks.js";
import type { ImportedDataset } from "../../datasets/index.js";
import { assembleDataset, importDataset } from "../../datasets/index.js";
import { readBenchmark } from "../../datasets/read-benchmark.js";
import { renderOpenaiJsonl } from "../../datasets/write-openai-jsonl.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { provideData } from "../../infra/model-files/provide-data.js";
import { writeFileWhole } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";
import { formatColumns } from "../terminal/format.js";
import { renderDataCheck } from "../terminal/data-check.js";

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

/** `whetstone data list|check|import`: lists, checks and imports benchmark files. */
export function addDataCommand(program: Command, context: CommandContext): void {
  const { settings, terminal } = context;
  const data = program.command("data").description("list, check and import benchmarks");

  data
    .command("list")
    .argument("[name]", "a benchmark whose download commands to show")
    .description("list known benchmarks, or show the commands that download one")
    .action((name: string | undefined) => {
      for (const line of name === undefined ? listBenchmarks() : describeFiles(name)) {
        terminal.result(line);
      }
    });

  data
    .command("check")
    .argument("[name]", "a benchmark from `data list`")
    .description("count records, compare files with known versions, list oddities")
    .option("--from <dir>", "folder with the upstream files")
    .option("--rows <file>", "JSON list of record numbers to use")
    .option("--format <format>", "a config's data format, instead of a benchmark name")
    .option("--path <path>", "file or folder in that format, or hf:ORG/NAME[@REVISION][/FILE]")
    .action(async (name: string | undefined, options: CheckOptions) => {
      const dataset = await readForCheck(name, options);
      for (const line of renderDataCheck(dataset)) terminal.result(line);
      if (name !== undefined) requireKnown(name, dataset, options.rows);
    });

  data
    .command("import")
    .argument("<name>", "a benchmark from `data list`")
    .description("write a benchmark as openai-jsonl, for a config's `path`")
    .requiredOption("--from <dir>", "folder with the upstream files")
    .option("--out <file>", "default: <WHETSTONE_HOME>/data/<name>.jsonl")
    .option("--rows <file>", "JSON list of record numbers to use")
    .action(async (name: string, options: ImportOptions) => {
      const file = await readBenchmark(findBenchmark(name), options.from, options.rows);
      const dataset = assembleDataset({ name, format: "openai-jsonl" }, file);
      const out = resolve(options.out ?? join(settings.home, "data", `${name}.jsonl`));
      await writeChecked(out, dataset);
      for (const note of dataset.notes) terminal.note(`note: ${note}`);
      for (const warning of dataset.warnings) terminal.note(`warning: ${warning}`);
      terminal.result(`${out}: ${dataset.samples.length} records, content ${dataset.contentHash}`);
      terminal.note(`use it: dataset: { name: ${name}, format: openai-jsonl, path: ${out} }`);
    });
}

function listBenchmarks(): string[] {
  const rows = BENCHMARKS.map(({ name, records, licence, note }) => [
    name,
    String(records),
    licence,
    note,
  ]);
  return [
    ...formatColumns(["name", "records", "license", "note"], rows, [1]),
    "",
    "download commands for one: npx whetstone data list NAME",
  ];
}

/** Commands to copy. Each URL names a fixed commit; the import compares each file with its known hash. */
function describeFiles(name: string): string[] {
  const { records, licence, note, files } = findBenchmark(name);
  return [
    `${name}: ${records} records, ${licence}; ${note}`,
    "",
    ...files.map(({ path, url }) => `curl -fsSL --create-dirs -o DIR/${path} ${url}`),
    `npx whetstone data import ${name} --from DIR`,
  ];
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
    const named = { name: format, format, ...(path === undefined ? {} : { path }) };
    return importDataset(await provideData(named));
  }
  throw new WhetstoneError("data check needs a benchmark and its folder, or a format and a path.", {
    code: "USAGE",
    hint: "npx whetstone data check sealtool --from DIR, or data check --format openai-jsonl --path FILE",
  });
}

function requireKnown(name: string, dataset: ImportedDataset, rows: string | undefined): void {
  const { records } = findBenchmark(name);
  const unknown = dataset.files.filter(({ title, expected }) => expected && title === null);
  const found = dataset.samples.length;
  if (unknown.length === 0 && (rows !== undefined || found === records)) return;
  const problem =
    found === records || rows !== undefined
      ? `${unknown.length} of its files differ from the known ones`
      : `expected ${records} records, found ${found}`;
  throw new WhetstoneError(`${name}: ${problem}.`, {
    code: "DATA_CHECK_FAILED",
    hint: `npx whetstone data list ${name} shows where to download the known files`,
  });
}

/** Writes the samples as openai-jsonl, whole and only if every sample and gold reads back the same. */
async function writeChecked(out: string, dataset: ImportedDataset): Promise<void> {
  await writeFileWhole(out, renderOpenaiJsonl(dataset.samples), async (draft) => {
    const again = await importDataset({ name: dataset.name, format: "openai-jsonl", path: draft });
    if (again.contentHash === dataset.contentHash) return;
    throw new Error(`${dataset.name} was written differently from what was read`);
  });
}
