import { fetchModel } from "./fetch.js";
import type { Report } from "./fetch.js";
import { resolveModelDirectory } from "./fingerprint.js";
import { findKnownModel, isModelComplete, knownModelDirectory } from "./known.js";

/**
 * The directory of a config's model. Downloads a known model first if it is missing; `report`
 * receives progress lines (default: stderr). Throws `MODEL_DIRECTORY_INVALID`,
 * `MODEL_FETCH_FAILED`, `MODEL_CONVERSION_FAILED`.
 */
export async function provideModel(
  model: string,
  report: Report = (line) => process.stderr.write(`${line}\n`),
): Promise<string> {
  const known = findKnownModel(model);
  if (known === undefined) return resolveModelDirectory(model);
  const directory = knownModelDirectory(known.name);
  if (!isModelComplete(directory)) await fetchModel(known, directory, report);
  return resolveModelDirectory(directory);
}
