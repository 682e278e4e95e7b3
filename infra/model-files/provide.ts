import process from "node:process";
import { resolveModelDirectory } from "./fingerprint.js";
import { canonicalModel, readModelReference } from "./model-reference.js";
import { provideGguf } from "./provide-gguf.js";
import { provideHubModel } from "./provide-hub.js";
import { provideKnownModel } from "./provide-known.js";
import type { Report } from "./report.js";
import { stderrReport } from "./report.js";

/**
 * The directory of a config's model, downloaded or converted first if need be; `report` is told what takes time. A
 * relative path is relative to the working directory. Throws `MODEL_DIRECTORY_INVALID` and what the kinds of models
 * throw: see `provideKnownModel`, `provideHubModel`, `provideGguf`.
 */
export async function provideModel(model: string, report: Report = stderrReport): Promise<string> {
  const canonical = canonicalModel(model, process.cwd());
  const reference = readModelReference(canonical);
  switch (reference.kind) {
    case "known":
      return provideKnownModel(reference.model, report);
    case "hub":
      return provideHubModel(reference.repository, reference.revision, report);
    case "gguf":
      return provideGguf(reference.path, report);
    case "bundled":
    case "directory":
      return resolveModelDirectory(canonical);
  }
}
