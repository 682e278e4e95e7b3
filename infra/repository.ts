import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json, which contains the bundled model, the engine and the launcher. */
export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whetstone's own version, from package.json. */
export function readToolVersion(): string {
  const text = readFileSync(join(repositoryRoot, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
