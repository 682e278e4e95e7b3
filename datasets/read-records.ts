import { describeUnusable, findUnusable } from "../domain/json/find-unusable.js";
import { parseJson } from "../domain/json/scan.js";
import { datasetEmpty, recordInvalid } from "./dataset-errors.js";
import { decodeText } from "./decode-text.js";
import { openDataFile } from "./open-file.js";
import type { RecordBytes } from "./record-bytes.js";
import { ListError } from "./split-list.js";
import { splitRecords } from "./split-records.js";

/** Position of a record, for its reader and for messages. */
export interface RecordPlace {
  /** Absolute path of the file. */
  readonly path: string;
  /** For example "line 3", or in a list "record 2" or "record 2 (line 45)". */
  readonly where: string;
  /** Record number, from 0; blank lines do not count. */
  readonly row: number;
}

/** Results of reading a file of records. */
export interface RecordFile<Result> {
  readonly path: string;
  /** SHA-256 of its uncompressed bytes, 64 hex digits. */
  readonly sha256: string;
  readonly results: readonly Result[];
}

/**
 * Reads a file of records, JSON lines or one JSON list, plain or gzipped, and passes each record to
 * `read` as it arrives, so that neither the whole text nor all parsed records are in memory. If `path`
 * is a folder, reads the first of `candidates` (paths inside it) that exists.
 *
 * Throws DATASET_FILE_MISSING, DATASET_EMPTY, DATA_FILE_UNSUPPORTED, or DATA_LINE_INVALID for a
 * record that is not JSON or that contains, before or after `read`, a value that cannot be hashed or
 * stored (`findUnusable`).
 */
export async function readRecords<Result>(
  path: string,
  candidates: readonly string[],
  read: (value: unknown, place: RecordPlace) => Result,
): Promise<RecordFile<Result>> {
  const file = await openDataFile(path, candidates);
  const results: Result[] = [];
  try {
    for await (const bytes of splitRecords(file.chunks)) {
      const text = decodeText(bytes.bytes, { path: file.path, ...bytes });
      if (bytes.item === null && text.trim() === "") continue;
      const place = { path: file.path, where: nameRecord(bytes), row: results.length };
      const result = read(checkUsable(parseRecord(text, place), place), place);
      // Check the result too: texts can contain JSON, such as a call's arguments.
      results.push(checkUsable(result, place));
    }
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    throw recordInvalid(file.path, "the whole file", `not valid JSON: ${error.message}`);
  }
  if (results.length === 0) throw datasetEmpty(file.path);
  return { path: file.path, sha256: file.sha256(), results };
}

function nameRecord({ item, line }: RecordBytes): string {
  if (item === null) return `line ${line}`;
  return line === 1 ? `record ${item}` : `record ${item} (line ${line})`;
}

function parseRecord(text: string, { path, where }: RecordPlace): unknown {
  const parsed = parseJson(text);
  if (parsed !== null) return parsed.value;
  const isOpen = /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text);
  const more = isOpen ? ": the record does not end in this line" : "";
  throw recordInvalid(path, where, `not valid JSON${more}`);
}

function checkUsable<T>(value: T, { path, where }: RecordPlace): T {
  const unusable = findUnusable(value);
  if (unusable === null) return value;
  throw recordInvalid(path, where, describeUnusable(unusable));
}
