import { join } from "node:path";
import { importOpenaiJsonl } from "./openai-jsonl.js";
import { packageRoot } from "./package-root.js";
import type { ImportedFile } from "./types.js";

/**
 * Reads the bundled data set: held-out requests with look-alike tools, in OpenAI's tool format. A path
 * overrides it.
 */
export async function importLookalike(path: string | undefined): Promise<ImportedFile> {
  return importOpenaiJsonl(path ?? join(packageRoot(), "models", "tiny", "data", "test.jsonl"));
}
