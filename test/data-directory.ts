import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Folder of the upstream benchmark files: WHETSTONE_DATA_DIR, by default `shared/data` beside the
 * repository.
 */
export const dataDirectory = process.env["WHETSTONE_DATA_DIR"] ?? resolve("../shared/data");

/** Whether a benchmark file exists; if not, logs which tests are skipped. */
export function hasData(...path: string[]): boolean {
  const file = join(dataDirectory, ...path);
  if (existsSync(file)) return true;
  console.warn(`skipped, ${file} is absent: set WHETSTONE_DATA_DIR to the benchmark files' folder`);
  return false;
}
