import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ReportData } from "./model/report-data.js";
import type { ReportOptions } from "./report-files.js";
import { listReportFiles } from "./report-files.js";
import { makeFolders, toWriteError, writeNewFile } from "./write-file.js";

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
 * Writes a report into a folder atomically: it is written beside the folder and replaces it at the
 * end. An earlier report there is replaced as a whole, so that no stale file remains. Returns the
 * paths written, relative to the folder. Throws `REPORT_FOLDER_OCCUPIED` if the folder contains
 * anything else, `OUTPUT_NOT_WRITABLE`.
 */
export async function writeReport(
  data: ReportData,
  folder: string,
  options: ReportOptions,
): Promise<string[]> {
  const target = resolve(folder);
  try {
    await requireOwnFolder(target);
    // Not mkdtemp, whose folders are readable only by their owner.
    const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
    await makeFolders(draft);
    try {
      const paths: string[] = [];
      for await (const file of listReportFiles(data, options)) {
        await writeNewFile(join(draft, file.path), file.content);
        paths.push(file.path);
      }
      await replaceFolder(draft, target);
      return paths;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } catch (error) {
    throw toWriteError(error, target);
  }
}

async function requireOwnFolder(target: string): Promise<void> {
  const foreign = (await listEntries(target)).find((entry) => !OWN_ENTRIES.has(entry));
  if (foreign === undefined) return;
  throw new WhetstoneError(
    `${target} holds ${JSON.stringify(foreign)}, which does not belong to a report; a report replaces its whole folder.`,
    { code: "REPORT_FOLDER_OCCUPIED", hint: `--out ${join(target, "report")}` },
  );
}

/** Entries of a folder; empty if the folder does not exist. */
async function listEntries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A rename cannot replace a non-empty folder, so the old folder is moved aside first. */
async function replaceFolder(draft: string, target: string): Promise<void> {
  const old = `${draft}-old`;
  const hadOld = await rename(target, old).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    },
  );
  try {
    await rename(draft, target);
  } catch (error) {
    if (hadOld) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
