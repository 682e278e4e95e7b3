import { fileMissing } from "./dataset-errors.js";
import { readHammerRecords } from "./hammer-format.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import type { ImportedFile } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "113238730efce7de0044547bc2d0aab5e877c4e1c2bafe711a3c2390075ebaef",
    records: 294,
    title: "MadeAgents/Hammer data/test/original/sealtool.json",
  },
];

/**
 * Reads Seal-Tools' 294 single-call test records as MadeAgents/Hammer publishes them
 * (`sealtool.json`): five tools per record, one gold call. `path` is the file, or a folder that
 * holds it.
 */
export async function importSealtool(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format sealtool (no path given)");
  const file = await readHammerRecords(path, ["sealtool.json", "hammer/sealtool.json"]);
  const records = file.results;
  return { source: file.path, records, ...checkKnownFile(file, records.length, KNOWN), notes: [] };
}
