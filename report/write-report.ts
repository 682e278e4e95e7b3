import { join } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ReportData } from "./model/report-data.js";
import type { ReportOptions } from "./report-files.js";
import { listReportFiles } from "./report-files.js";
import { listEntries, writeFolderWhole } from "./write-folder.js";

/** Entries that a report's folder may contain; anything else belongs to the user. */
const OWN_ENTRIES: ReadonlySet<string> = new Set([
  "index.html",
  "tables",
  "figures",
  "results.jsonl",
  "results.parquet",
  "provenance.json",
]);

/**
 * Writes a report into a folder atomically; an earlier report there is replaced as a whole. Returns the paths written,
 * relative to the folder. Throws `REPORT_FOLDER_OCCUPIED` if the folder contains anything else, `OUTPUT_NOT_WRITABLE`.
 */
export async function writeReport(
  data: ReportData,
  folder: string,
  options: ReportOptions,
): Promise<string[]> {
  return writeFolderWhole(folder, listReportFiles(data, options), requireOwnFolder);
}

async function requireOwnFolder(target: string): Promise<void> {
  const foreign = (await listEntries(target)).find((entry) => !OWN_ENTRIES.has(entry));
  if (foreign === undefined) return;
  throw new WhetstoneError(
    `${target} holds ${JSON.stringify(foreign)}, which does not belong to a report; a report replaces its whole folder.`,
    { code: "REPORT_FOLDER_OCCUPIED", hint: `--out ${join(target, "report")}` },
  );
}
