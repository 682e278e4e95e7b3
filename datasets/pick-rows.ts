import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseJson } from "../domain/json/scan.js";
import { checkShape } from "./check-shape.js";
import { recordInvalid } from "./dataset-errors.js";
import { readDataFile } from "./read-file.js";
import type { ImportedFile } from "./types.js";

const rowList = z.array(z.int().min(0)).min(1);
const rowsFileShape = z.union([rowList, z.object({ rows: rowList })]);

/** The first `count` record numbers. */
export function firstRows(count: number): number[] {
  return Array.from({ length: count }, (_, row) => row);
}

/** Record numbers from a JSON list, or from `{rows: [...]}`. Throws DATA_LINE_INVALID. */
export async function readRowsFile(path: string): Promise<number[]> {
  const file = await readDataFile(path);
  return readRows(parseJson(file.text)?.value, file.path);
}

/** Our selection of 361 of ToolRL's 466 API-Bank records. */
export function readReconstructedRows(): number[] {
  const url = new URL("apibank-361.json", import.meta.url);
  return readRows(JSON.parse(readFileSync(url, "utf8")), url.pathname);
}

/** Picks records by number, in the given order, with their warnings. Throws DATA_LINE_INVALID for an unknown number. */
export function pickRows(
  file: ImportedFile,
  rows: readonly number[],
  rowsPath = file.source,
): ImportedFile {
  const records = rows.map((row) => {
    const record = file.records[row];
    if (record !== undefined) return record;
    throw recordInvalid(rowsPath, `row ${row}`, `there are ${file.records.length} records`);
  });
  const rowWarnings = (file.rowWarnings ?? []).map(({ text, rows: odd }) => ({
    text,
    rows: rows.flatMap((row, place) => (odd.includes(row) ? [place] : [])),
  }));
  return { ...file, records, rowWarnings };
}

function readRows(value: unknown, path: string): number[] {
  const given = checkShape(rowsFileShape, value, path, "the whole file");
  return Array.isArray(given) ? given : given.rows;
}
