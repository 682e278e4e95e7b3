import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../domain/json/value.js";

/**
 * Where a stored model came from, as the engine's `model_files` notes it: the Hub's commit with its files' hashes, the
 * packages, or the GGUF file. Null for any other directory.
 */
export function readModelSource(directory: string): JsonObject | null {
  const file = join(directory, ".whetstone-source");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JsonObject) : null;
}
