import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../domain/json/value.js";

/**
 * Where a stored directory came from, as the engine's `model_files` notes it: the Hub's commit with its files' hashes,
 * the packages, or the GGUF file. Null for any other directory.
 */
export function readSource(directory: string): JsonObject | null {
  const file = join(directory, ".whetstone-source");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as JsonObject) : null;
}

/** The same for a file, which may be in a folder of its stored directory. */
export function readFileSource(path: string): JsonObject | null {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const source = readSource(folder);
    if (source !== null) return source;
  }
  return null;
}
