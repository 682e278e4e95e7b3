import { decodeText } from "./decode-text.js";
import { openDataFile } from "./open-file.js";

/** A file's text with its absolute path and the SHA-256 of its bytes, gzip undone. */
export interface DataFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/**
 * Reads a data file as a whole, plain or gzipped; `readRecords` is for files of records, which can
 * be large. If `path` is a folder, the first of `candidates` (paths inside it) that exists is read.
 * Throws DATASET_FILE_MISSING, naming the path, if there is none, and DATA_FILE_UNSUPPORTED if it is
 * no UTF-8 text.
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
