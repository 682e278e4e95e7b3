import { recordInvalid } from "./dataset-errors.js";
import type { DataFile } from "./read-file.js";

/** An upstream file whose content is known. */
export interface KnownFile {
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  readonly records: number;
  /** What it is, for people. */
  readonly title: string;
}

/**
 * Compares a file with the known ones of its format: no warning for a known file, one for any
 * other. A known file that yields another number of records than it has means that the importer is
 * broken, and throws DATA_LINE_INVALID.
 */
export function checkKnownFile(
  file: DataFile,
  records: number,
  known: readonly KnownFile[],
): string[] {
  const match = known.find(({ sha256 }) => sha256 === file.sha256);
  if (match === undefined) {
    const expected = known.map(({ title, records: count }) => `${title}, ${count} records`);
    return [
      `${file.path} (${records} records, SHA-256 ${file.sha256.slice(0, 12)}) is not a file known here (${expected.join("; ")}): figures are not comparable with those of the known one`,
    ];
  }
  if (match.records !== records) {
    throw recordInvalid(
      file.path,
      "the whole file",
      `${records} records read of the ${match.records} of ${match.title}`,
    );
  }
  return [];
}
