import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { WhetstoneError } from "../domain/errors.js";
import { importApibank } from "./apibank.js";
import { importBfcl } from "./bfcl.js";
import { checkShape } from "./check-shape.js";
import { importNexusraven } from "./nexusraven.js";
import { readDataFile } from "./read-file.js";
import { importSealtoolDev } from "./sealtool-dev.js";
import { importSealtool } from "./sealtool.js";
import { importToolalpaca } from "./toolalpaca.js";
import { importToolrl } from "./toolrl.js";
import type { ImportedFile } from "./types.js";

/** A benchmark, or a fixed part of one, that `whetstone data` knows. */
export interface Benchmark {
  readonly name: string;
  readonly records: number;
  readonly licence: string;
  /** Repository and files to get. */
  readonly source: string;
  /** Whether it is the paper's set, and how sure that is. */
  readonly note: string;
  /** Folder that a collection of benchmarks keeps it in. */
  readonly folder: string;
  /** Reads it from the folder with the upstream files. */
  readonly read: (folder: string) => Promise<ImportedFile>;
}

const HAMMER = "MadeAgents/Hammer data/test/original/";
const TOOLRL = "qiancheng0/ToolRL benchmarks/API-Bank/level-{1,2}-api_processed.json";
const GORILLA = "ShishirPatil/gorilla berkeley-function-call-leaderboard/bfcl_eval/data/BFCL_v4_";

/** All known benchmarks, the paper's four first. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: "nexusraven",
    records: 318,
    licence: "CC-BY-NC-4.0 (not for commercial use)",
    source: "nexusflowai/NexusRaven raven/data: standardized_queries.jsonl with tools.jsonl",
    note: "the paper's 318",
    folder: "nexusraven",
    read: importNexusraven,
  },
  {
    name: "sealtool",
    records: 294,
    licence: "Apache-2.0",
    source: `${HAMMER}sealtool.json`,
    note: "the paper's 294",
    folder: "sealtool",
    read: importSealtool,
  },
  {
    name: "apibank-361",
    records: 361,
    licence: "Apache-2.0",
    source: TOOLRL,
    note: "our reconstruction (294 + 67) of the paper's unknown 361",
    folder: "apibank",
    read: async (folder) => pickRows(await importToolrl(folder), readDefaultRows()),
  },
  {
    name: "apibank-466",
    records: 466,
    licence: "Apache-2.0",
    source: TOOLRL,
    note: "all of ToolRL's, 399 + 67",
    folder: "apibank",
    read: importToolrl,
  },
  {
    name: "apibank-l1",
    records: 399,
    licence: "Apache-2.0",
    source: `${HAMMER}apibank_l1.json`,
    note: "Hammer's level 1",
    folder: "apibank",
    read: (folder) => readHammerLevel(folder, "apibank_l1.json"),
  },
  {
    name: "apibank-l2",
    records: 127,
    licence: "Apache-2.0",
    source: `${HAMMER}apibank_l2.json`,
    note: "Hammer's level 2",
    folder: "apibank",
    read: (folder) => readHammerLevel(folder, "apibank_l2.json"),
  },
  {
    name: "toolalpaca-103",
    records: 103,
    licence: "Apache-2.0",
    source: `${HAMMER}toolalpaca.json`,
    note: "records 0 to 102: very likely the paper's 103",
    folder: "toolalpaca",
    read: async (folder) =>
      pickRows(
        await importToolalpaca(folder),
        Array.from({ length: 103 }, (_, row) => row),
      ),
  },
  {
    name: "toolalpaca-114",
    records: 114,
    licence: "Apache-2.0",
    source: `${HAMMER}toolalpaca.json`,
    note: "the whole file",
    folder: "toolalpaca",
    read: importToolalpaca,
  },
  {
    name: "sealtool-dev",
    records: 200,
    licence: "Apache-2.0",
    source: "fairyshine/Seal-Tools Seal-Tools_Dataset/dataset_for_finetune/dev.json",
    note: "training split for icl and sft, in place of the paper's 13k",
    folder: "sealtool",
    read: importSealtoolDev,
  },
  ...(
    [
      ["simple_python", 400],
      ["multiple", 200],
      ["parallel", 200],
      ["parallel_multiple", 200],
      ["irrelevance", 240],
    ] as const
  ).map(([category, records]): Benchmark => ({
    name: `bfcl-${category.replace("_", "-")}`,
    records,
    licence: "Apache-2.0",
    source: `${GORILLA}${category}.json with possible_answer/`,
    note: "BFCL v4, not in the paper",
    folder: "bfcl",
    read: (folder) => importBfcl(join(folder, `BFCL_v4_${category}.json`)),
  })),
];

/** The benchmark of that name. Throws BENCHMARK_UNKNOWN. */
export function findBenchmark(name: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
  if (found !== undefined) return found;
  throw new WhetstoneError(`There is no benchmark "${name}".`, {
    code: "BENCHMARK_UNKNOWN",
    hint: `Use one of: ${BENCHMARKS.map((benchmark) => benchmark.name).join(", ")}.`,
  });
}

/**
 * Reads a benchmark from the folder that holds its upstream files, or from a folder of such folders. `rowsFile`, a JSON
 * list of record numbers or `{rows: [...]}`, takes the place of API-Bank's own list of 361.
 */
export async function readBenchmark(
  benchmark: Benchmark,
  from: string,
  rowsFile?: string,
): Promise<ImportedFile> {
  const nested = join(resolve(from), benchmark.folder);
  const isNested = await stat(nested).then(
    (status) => status.isDirectory(),
    () => false,
  );
  const folder = isNested ? nested : resolve(from);
  if (rowsFile === undefined) return benchmark.read(folder);
  const whole = benchmark.name === "apibank-361" ? importToolrl(folder) : benchmark.read(folder);
  const file = await readDataFile(rowsFile);
  return pickRows(await whole, readRows(JSON.parse(file.text), file.path));
}

const rowList = z.array(z.int().min(0)).min(1);
const rowsFileShape = z.union([rowList, z.object({ rows: rowList })]);

function readRows(value: unknown, path: string): number[] {
  const given = checkShape(rowsFileShape, value, path, "the whole file");
  return Array.isArray(given) ? given : given.rows;
}

function readDefaultRows(): number[] {
  const url = new URL("apibank-361.json", import.meta.url);
  return readRows(JSON.parse(readFileSync(url, "utf8")), url.pathname);
}

function pickRows(file: ImportedFile, rows: readonly number[]): ImportedFile {
  const records = rows.flatMap((row) => file.records[row] ?? []);
  return { ...file, records };
}

async function readHammerLevel(folder: string, name: string): Promise<ImportedFile> {
  const file = await readDataFile(folder, [name, `hammer/${name}`]);
  return importApibank(file.path);
}
