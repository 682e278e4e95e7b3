import { fileMissing } from "./dataset-errors.js";
import { readHammerRecords } from "./hammer-format.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { readDataFile } from "./read-file.js";
import type { ImportedFile } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "df63ccd4dc6eeee92cd11457e210b279a70fa4aa3c48fcdc81952a45eb58c8a6",
    records: 114,
    title: "MadeAgents/Hammer data/test/original/toolalpaca.json",
  },
];

/** Stands in every tool list to describe output types; it is no tool. */
const PSEUDO_TOOL = "components";

/**
 * Reads ToolAlpaca's 114 real-API test records as MadeAgents/Hammer publishes them
 * (`toolalpaca.json`), without the pseudo-tool "components". The paper's 103 are the first 103
 * (`limit: 103`), as far as can be told.
 */
export async function importToolalpaca(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format toolalpaca (no path given)");
  const file = await readDataFile(path, ["toolalpaca.json", "hammer/toolalpaca.json"]);
  const records = readHammerRecords(file).map((record) => ({
    ...record,
    tools: record.tools.filter(({ name }) => name !== PSEUDO_TOOL),
  }));
  return { source: file.path, records, warnings: checkKnownFile(file, records.length, KNOWN) };
}
