import { statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sha256Hex } from "../domain/identity/hash.js";
import { parseJson } from "../domain/json/scan.js";
import { datasetEmpty, fileMissing, recordInvalid } from "./dataset-errors.js";

/** A file's text with its absolute path and the SHA-256 of its bytes. */
export interface DataFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/** One line of a JSONL file: its 1-based number and its parsed value. */
export interface JsonLine {
  readonly number: number;
  readonly value: unknown;
}

/**
 * Reads a data file. Where `path` is a folder, the first of `candidates` (paths inside it) that
 * exists is read. Throws DATASET_FILE_MISSING, naming the path, where there is none.
 */
export async function readDataFile(
  path: string,
  candidates: readonly string[] = [],
): Promise<DataFile> {
  const file = await locate(resolve(path), candidates);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw fileMissing(file, cause);
  }
  // A byte-order mark is no part of the data.
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  return { path: file, text, sha256: sha256Hex(bytes) };
}

/**
 * Lines of a JSONL file; blank lines are skipped but counted. Throws DATA_LINE_INVALID or
 * DATASET_EMPTY.
 */
export function readJsonLines(file: DataFile): JsonLine[] {
  const lines = file.text.split("\n").flatMap((text, index) => {
    if (text.trim() === "") return [];
    const number = index + 1;
    const parsed = parseJson(text);
    if (parsed === null) throw recordInvalid(file.path, `line ${number}`, "not valid JSON");
    return [{ number, value: parsed.value }];
  });
  if (lines.length === 0) throw datasetEmpty(file.path);
  return lines;
}

/** Records of a file that is one JSON list. Throws DATA_LINE_INVALID or DATASET_EMPTY. */
export function readJsonList(file: DataFile): unknown[] {
  const parsed = parseJson(file.text);
  if (parsed === null) throw recordInvalid(file.path, "the whole file", "not valid JSON");
  if (!Array.isArray(parsed.value)) {
    throw recordInvalid(file.path, "the whole file", "expected a JSON list of records");
  }
  if (parsed.value.length === 0) throw datasetEmpty(file.path);
  return parsed.value as unknown[];
}

async function locate(path: string, candidates: readonly string[]): Promise<string> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    (cause: unknown) => {
      throw fileMissing(path, cause);
    },
  );
  if (!isFolder) return path;
  for (const candidate of candidates) {
    const file = join(path, candidate);
    if (await exists(file)) return file;
  }
  const wanted = candidates.length === 0 ? "" : ` (looked for ${candidates.join(", ")})`;
  throw fileMissing(`${path}${wanted}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  );
}

/** Whether there is a file, not a folder, of that path. */
export function fileExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
