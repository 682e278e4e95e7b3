import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { Benchmark } from "./benchmarks.js";
import { pickRows, readRowsFile } from "./pick-rows.js";
import { importToolrl } from "./toolrl.js";
import type { ImportedFile } from "./types.js";

/**
 * Reads a benchmark from the folder that holds its upstream files, or from a folder of such folders. `rowsFile`, a
 * JSON list of record numbers or `{rows: [...]}`, replaces the bundled list of 361 for API-Bank.
 */
export async function readBenchmark(
  benchmark: Benchmark,
  from: string,
  rowsFile?: string,
): Promise<ImportedFile> {
  const nested = join(resolve(from), benchmark.folder);
  const folder = (await isFolder(nested)) ? nested : resolve(from);
  if (rowsFile === undefined) return readFolder(benchmark.name, () => benchmark.read(folder));
  // Numbers in a list for the reconstruction refer to the whole set.
  const read = benchmark.name === "apibank-361" ? importToolrl : benchmark.read;
  const whole = await readFolder(benchmark.name, () => read(folder));
  return pickRows(whole, await readRowsFile(rowsFile), resolve(rowsFile));
}

async function readFolder(name: string, read: () => Promise<ImportedFile>): Promise<ImportedFile> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof WhetstoneError) || error.code !== "DATASET_FILE_MISSING") throw error;
    const { message, code } = error;
    throw new WhetstoneError(message, {
      code,
      hint: `npx whetstone data list ${name} shows how to download each file; pass their folder with --from.`,
      cause: error,
    });
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
