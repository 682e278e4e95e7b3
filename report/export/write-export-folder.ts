import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { FolderFile } from "../write-folder.js";
import { listEntries, writeFolderWhole } from "../write-folder.js";

/** Names the files of an export, so that the next export replaces these and nothing else. Readers skip hidden files. */
const LIST = ".whetstone-export";

/**
 * Writes the files of an export into a folder atomically; an earlier export there is replaced as a whole. Returns the
 * paths written, relative to the folder. Throws `EXPORT_FOLDER_OCCUPIED` if the folder contains a file that no earlier
 * export wrote, `OUTPUT_NOT_WRITABLE`.
 */
export async function writeExportFolder(
  folder: string,
  files: AsyncIterable<FolderFile>,
): Promise<string[]> {
  const paths = await writeFolderWhole(folder, withList(files), requireOwnFolder);
  return paths.filter((path) => path !== LIST);
}

async function* withList(files: AsyncIterable<FolderFile>): AsyncGenerator<FolderFile> {
  const paths: string[] = [];
  for await (const file of files) {
    yield file;
    paths.push(file.path);
  }
  yield { path: LIST, content: paths.map((path) => `${path}\n`) };
}

async function requireOwnFolder(target: string): Promise<void> {
  if ((await listEntries(target)).length === 0) return;
  const list = await readFile(join(target, LIST), "utf8").catch(() => "");
  const own = new Set([LIST, ...list.split("\n").flatMap(listPrefixes)]);
  const entries = await readdir(target, { recursive: true });
  const foreign = entries.find((path) => !own.has(path.replaceAll("\\", "/")));
  if (foreign === undefined) return;
  throw new WhetstoneError(
    `${target} holds ${JSON.stringify(foreign)}, which no earlier export wrote; an export replaces its whole folder.`,
    { code: "EXPORT_FOLDER_OCCUPIED", hint: `--out ${join(target, "export")}` },
  );
}

/** A path and the folders above it. */
function listPrefixes(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
