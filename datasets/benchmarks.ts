import { join } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { importApibank } from "./apibank.js";
import { importBfcl } from "./bfcl.js";
import { importNexusraven } from "./nexusraven.js";
import { firstRows, pickRows, readReconstructedRows } from "./pick-rows.js";
import { locateFile } from "./open-file.js";
import { importSealtoolDev } from "./sealtool-dev.js";
import { importSealtool } from "./sealtool.js";
import { importToolalpaca } from "./toolalpaca.js";
import { importToolrlSft } from "./toolrl-sft.js";
import { importToolrl } from "./toolrl.js";
import type { ImportedFile } from "./types.js";
import type { UpstreamFile } from "./upstream-files.js";
import {
  NEXUSRAVEN_FILES,
  SEALTOOL_DEV_FILE,
  TOOLRL_FILES,
  TOOLRL_SFT_FILE,
  bfclFiles,
  hammerFile,
} from "./upstream-files.js";

/** A benchmark, or a fixed part of one, known to `whetstone data`. */
export interface Benchmark {
  readonly name: string;
  readonly records: number;
  readonly licence: string;
  /** How it relates to the paper's set. */
  readonly note: string;
  /** The upstream files to download. */
  readonly files: readonly UpstreamFile[];
  /** Its folder in a collection of benchmarks. */
  readonly folder: string;
  /** Reads the benchmark from the folder with its upstream files. */
  readonly read: (folder: string) => Promise<ImportedFile>;
}

/** All known benchmarks, the paper's four first. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: "nexusraven",
    records: 318,
    licence: "CC-BY-NC-4.0 (not for commercial use)",
    note: "the paper's 318",
    files: NEXUSRAVEN_FILES,
    folder: "nexusraven",
    read: importNexusraven,
  },
  {
    name: "sealtool",
    records: 294,
    licence: "Apache-2.0",
    note: "the paper's 294",
    files: [hammerFile("sealtool.json")],
    folder: "sealtool",
    read: importSealtool,
  },
  {
    name: "apibank-361",
    records: 361,
    licence: "Apache-2.0",
    note: "our reconstruction (294 + 67) of the paper's unknown 361",
    files: TOOLRL_FILES,
    folder: "apibank",
    read: async (folder) => reconstructApibank(await importToolrl(folder)),
  },
  {
    name: "apibank-466",
    records: 466,
    licence: "Apache-2.0",
    note: "all of ToolRL's, 399 + 67",
    files: TOOLRL_FILES,
    folder: "apibank",
    read: importToolrl,
  },
  {
    name: "apibank-526",
    records: 526,
    licence: "Apache-2.0",
    note: "all of Hammer's, 399 + 127",
    files: [hammerFile("apibank_l1.json"), hammerFile("apibank_l2.json")],
    folder: "apibank",
    read: importApibank,
  },
  {
    name: "apibank-l1",
    records: 399,
    licence: "Apache-2.0",
    note: "Hammer's level 1",
    files: [hammerFile("apibank_l1.json")],
    folder: "apibank",
    read: (folder) => readHammerLevel(folder, "apibank_l1.json"),
  },
  {
    name: "apibank-l2",
    records: 127,
    licence: "Apache-2.0",
    note: "Hammer's level 2",
    files: [hammerFile("apibank_l2.json")],
    folder: "apibank",
    read: (folder) => readHammerLevel(folder, "apibank_l2.json"),
  },
  {
    name: "toolalpaca-103",
    records: 103,
    licence: "Apache-2.0",
    note: "records 0 to 102: very likely the paper's 103",
    files: [hammerFile("toolalpaca.json")],
    folder: "toolalpaca",
    read: async (folder) => pickRows(await importToolalpaca(folder), firstRows(103)),
  },
  {
    name: "toolalpaca-114",
    records: 114,
    licence: "Apache-2.0",
    note: "the whole file",
    files: [hammerFile("toolalpaca.json")],
    folder: "toolalpaca",
    read: importToolalpaca,
  },
  {
    name: "sealtool-dev",
    records: 200,
    licence: "Apache-2.0",
    note: "training split for icl and sft, in place of the paper's 13k",
    files: [SEALTOOL_DEV_FILE],
    folder: "sealtool",
    read: importSealtoolDev,
  },
  {
    name: "toolrl-sft",
    records: 344,
    licence: "Apache-2.0",
    note: "other tools' records for sft-ood, in place of the paper's xLAM-60k",
    files: [TOOLRL_SFT_FILE],
    folder: "ood_sft",
    read: importToolrlSft,
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
    note: "BFCL v4, not in the paper",
    files: bfclFiles(category),
    folder: "bfcl",
    read: (folder) => importBfcl(join(folder, `BFCL_v4_${category}.json`)),
  })),
];

/** Returns the benchmark with this name. Throws BENCHMARK_UNKNOWN. */
export function findBenchmark(name: string): Benchmark {
  const found = BENCHMARKS.find((benchmark) => benchmark.name === name);
  if (found !== undefined) return found;
  throw new WhetstoneError(`There is no benchmark "${name}".`, {
    code: "BENCHMARK_UNKNOWN",
    hint: `Use one of: ${BENCHMARKS.map((benchmark) => benchmark.name).join(", ")}.`,
  });
}

/** The paper's 361 records are unknown, so check and import note that this selection is ours. */
function reconstructApibank(whole: ImportedFile): ImportedFile {
  const note =
    "our reconstruction: level 1 with two or more candidates (294) and level 2 (67); which 361 the paper used is not known";
  const file = pickRows(whole, readReconstructedRows());
  return { ...file, notes: [...file.notes, note] };
}

async function readHammerLevel(folder: string, name: string): Promise<ImportedFile> {
  return importApibank(await locateFile(folder, [name, `hammer/${name}`]));
}
