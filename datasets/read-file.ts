import { decodeText } from "./decode-text.js";
import { openDataFile } from "./open-file.js";

/** A file's text with its absolute path and the SHA-256 of its uncompressed bytes. */
export interface DataFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/**
 * Reads a whole data file, plain or gzipped; for files of records, which can be large, use
 * `readRecords`. If `path` is a folder, reads the first of `candidates` (paths inside it) that exists.
 * Throws DATASET_FILE_MISSING with the path if there is none, and DATA_FILE_UNSUPPORTED if it is not
 * UTF-8 text.
 */
export async function readDataFile(
  path: string,
  candidates: readonly string[] = [],
): Promise<DataFile> {
  const file = await openDataFile(path, candidates);
  const chunks: Buffer[] = [];
  for await (const chunk of file.chunks) chunks.push(chunk);
  const text = decodeText(Buffer.concat(chunks), { path: file.path, line: 1, column: 0 });
  return { path: file.path, text, sha256: file.sha256() };
}
