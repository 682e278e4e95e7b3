import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { fileMissing, fileUnsupported, recordInvalid } from "./dataset-errors.js";
import { findForeignKind } from "./file-kinds.js";

/** A data file that is read in chunks. */
export interface OpenFile {
  /** Absolute. */
  readonly path: string;
  /** Uncompressed content without a byte-order mark. Can be read only once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** SHA-256 of the uncompressed content with its byte-order mark, 64 hex digits; call it after reading all chunks. */
  readonly sha256: () => string;
}

/** Bytes per read. */
const CHUNK_BYTES = 1 << 20;
/** Number of first bytes that identify the kind of a file. */
const START_BYTES = 4;

const GZIP = Buffer.from([0x1f, 0x8b]);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Opens a data file, plain or gzipped. If `path` is a folder, the first of `candidates` (paths
 * inside it) that exists is opened. Reading throws DATASET_FILE_MISSING, naming the path, if there
 * is none or it cannot be read, DATA_FILE_UNSUPPORTED for UTF-16 and binary formats, and
 * DATA_LINE_INVALID for damaged gzip data.
 */
export async function openDataFile(
  path: string,
  candidates: readonly string[] = [],
): Promise<OpenFile> {
  const file = await locateFile(path, candidates);
  const hash = createHash("sha256");
  let sha256: string | undefined;
  async function* read(): AsyncGenerator<Buffer> {
    const content = await peek(gunzip(await peek(readBytes(file)), file));
    const kind = findForeignKind(content.start);
    if (kind !== null) throw fileUnsupported(file, kind);
    let isFirst = true;
    for await (const chunk of content.chunks) {
      hash.update(chunk);
      const hasMark = isFirst && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK);
      isFirst = false;
      yield hasMark ? chunk.subarray(3) : chunk;
    }
  }
  return { path: file, chunks: read(), sha256: () => (sha256 ??= hash.digest("hex")) };
}

/** Returns the file itself, or the first of `candidates` in the folder. Throws DATASET_FILE_MISSING. */
export async function locateFile(path: string, candidates: readonly string[]): Promise<string> {
  const place = resolve(path);
  const isFolder = await stat(place).then(
    (status) => status.isDirectory(),
    (cause: unknown) => {
      throw fileMissing(place, cause);
    },
  );
  if (!isFolder) return place;
  const found = candidates.map((candidate) => join(place, candidate)).find(fileExists);
  if (found !== undefined) return found;
  const wanted = candidates.length === 0 ? " (a folder)" : ` (looked for ${candidates.join(", ")})`;
  throw fileMissing(`${place}${wanted}`);
}

/** Whether the path names a file rather than a folder. */
export function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A byte stream with its first bytes. */
interface PeekedBytes {
  readonly start: Buffer;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Reads enough bytes to identify the kind; `chunks` still yields all of them. */
async function peek(chunks: AsyncIterable<Buffer>): Promise<PeekedBytes> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  while (start.length < START_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { start, chunks: whole() };
}

async function* readBytes(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw fileMissing(path, cause);
  }
}

async function* gunzip({ start, chunks }: PeekedBytes, path: string): AsyncGenerator<Buffer> {
  if (!start.subarray(0, 2).equals(GZIP)) {
    yield* chunks;
    return;
  }
  const unzipped = createGunzip({ chunkSize: CHUNK_BYTES });
  // If the source fails, the stream below is destroyed, and its reader throws the error.
  pipeline(Readable.from(chunks, { objectMode: false }), unzipped, () => undefined);
  try {
    for await (const chunk of unzipped) yield chunk as Buffer;
  } catch (error) {
    const isDamaged =
      error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    if (!isDamaged) throw error;
    const problem = `the gzip data is damaged or cut off (${error.message})`;
    throw recordInvalid(path, "the whole file", problem);
  }
}
