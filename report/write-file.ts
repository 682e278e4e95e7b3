import { constants } from "node:fs";
import { lstat, mkdir, open, readlink, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** Text, bytes, text in pieces, or a stream of either. */
export type FileContent =
  string | Uint8Array | Iterable<string> | AsyncIterable<string | Uint8Array>;

/**
 * Writes one file completely or not at all: a draft beside it takes its place at the end. Follows symbolic links, and
 * writes into a device or a pipe instead of replacing it. `check` may read the draft, and refuse it by throwing; what
 * goes into a device or a pipe is not checked. Throws `OUTPUT_NOT_WRITABLE`.
 */
export async function writeFileWhole(
  path: string,
  content: FileContent,
  check?: (draft: string) => Promise<void>,
): Promise<void> {
  try {
    const target = await followLinks(resolve(path));
    if (target === null || (await isSpecial(target))) await writeInto(path, content);
    else await replaceFile(target, content, check);
  } catch (error) {
    throw toWriteError(error, resolve(path));
  }
}

/** Writes a new file and the folders above it. */
export async function writeNewFile(path: string, content: FileContent): Promise<void> {
  await makeFolders(dirname(path));
  await writeWith(path, "w", content);
}

/**
 * Creates a folder and those above it. Node's recursive `mkdir` never returns in a file system that reports a missing
 * folder for a name it refuses (`/proc`).
 */
export async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return;
    const parent = dirname(folder);
    if (code !== "ENOENT" || parent === folder || (await exists(parent))) throw error;
    await makeFolders(parent);
    await mkdir(folder).catch(async (again: unknown) => {
      if (!(await exists(folder))) throw again;
    });
  }
}

/** The error a user meets if the operating system refuses to write `target`. */
export function toWriteError(
  error: unknown,
  target: string,
  hint = "name another place by --out: one you may write to, on a disk with free space",
): unknown {
  if (error instanceof WhetstoneError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new WhetstoneError(`${target} cannot be written: ${message}.`, {
    code: "OUTPUT_NOT_WRITABLE",
    hint,
    cause: error,
  });
}

async function replaceFile(
  target: string,
  content: FileContent,
  check: (draft: string) => Promise<void> = async () => {},
): Promise<void> {
  const draft = `${target}.${process.pid}.part`;
  try {
    await writeNewFile(draft, content);
    await check(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Appends, so that other output to the same file is kept: `--out /dev/stdout >> log`. */
async function writeInto(path: string, content: FileContent): Promise<void> {
  await writeWith(path, constants.O_WRONLY | constants.O_APPEND, content);
}

async function writeWith(
  path: string,
  flags: string | number,
  content: FileContent,
): Promise<void> {
  const file = await open(path, flags);
  try {
    if (typeof content === "string" || content instanceof Uint8Array) {
      await file.writeFile(content);
    } else if (Symbol.asyncIterator in content) {
      for await (const chunk of gatherStream(content)) await file.writeFile(chunk);
    } else {
      for (const chunk of gather(content)) await file.write(chunk);
    }
  } finally {
    await file.close();
  }
}

/** Maximum number of links to follow, as on Linux. */
const MAX_LINKS = 40;

/** Where a path leads; null if into `/proc`, whose links name open files instead of paths. */
async function followLinks(path: string): Promise<string | null> {
  let target = path;
  for (let count = 0; count < MAX_LINKS; count += 1) {
    const link = await readlink(target).catch(() => null);
    if (link === null) return target;
    if (target.startsWith("/proc/")) return null;
    target = resolve(dirname(target), link);
  }
  return target;
}

async function isSpecial(path: string): Promise<boolean> {
  const entry = await lstat(path).catch(() => null);
  return entry !== null && !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Joins pieces into blocks of at least 1 MB: one write per line is far slower. */
function* gather(pieces: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < 2 ** 20) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

/** The same for a stream, whose pieces of bytes stay as they are. */
async function* gatherStream(
  pieces: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  let chunk = "";
  for await (const piece of pieces) {
    if (typeof piece === "string") chunk += piece;
    if (chunk !== "" && (typeof piece !== "string" || chunk.length >= 2 ** 20)) {
      yield chunk;
      chunk = "";
    }
    if (typeof piece !== "string") yield piece;
  }
  if (chunk !== "") yield chunk;
}
