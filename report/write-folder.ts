import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { FileContent } from "./write-file.js";
import { makeFolders, toWriteError, writeNewFile } from "./write-file.js";

/** One file of a folder; `content` may be an iterable of pieces. */
export interface FolderFile {
  /** Path relative to the folder, with `/`. */
  readonly path: string;
  readonly content: FileContent;
}

/**
 * Writes a folder completely or not at all: it is written beside `folder` and replaces it at the end, so that no stale
 * file remains. Returns the paths written, relative to the folder. `check` gets the path and throws if what is there
 * must not be replaced. Throws `OUTPUT_NOT_WRITABLE`.
 */
export async function writeFolderWhole(
  folder: string,
  files: AsyncIterable<FolderFile>,
  check: (target: string) => Promise<void>,
): Promise<string[]> {
  const target = resolve(folder);
  try {
    await check(target);
    // Not mkdtemp, whose folders are readable only by their owner.
    const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
    await makeFolders(draft);
    try {
      const paths: string[] = [];
      for await (const file of files) {
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

/** Entries of a folder; empty if the folder does not exist. */
export async function listEntries(folder: string): Promise<string[]> {
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
