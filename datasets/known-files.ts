import { recordInvalid } from "./dataset-errors.js";
import type { SourceFile } from "./types.js";

/** An upstream file whose content is known. */
export interface KnownFile {
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  readonly records: number;
  /** What it is, for people. */
  readonly title: string;
}

/** A file as read. */
interface ReadFile {
  readonly path: string;
  /** SHA-256 of its bytes, gzip undone. */
  readonly sha256: string;
}

/** One file compared with the known ones. */
export interface FileCheck {
  readonly files: readonly SourceFile[];
  readonly warnings: readonly string[];
}

/**
 * Compares a file with the known ones of its format: no warning for a known file, one for any
 * other. A known file that yields another number of records than it has means that the importer is
 * broken, and throws DATA_LINE_INVALID. Without known files, any file will do.
 */
export function checkKnownFile(
  file: ReadFile,
  records: number,
  known: readonly KnownFile[],
): FileCheck {
  const { path, sha256 } = file;
  const match = known.find((each) => each.sha256 === sha256);
  const files = [{ path, sha256, title: match?.title ?? null, expected: known.length > 0 }];
  if (match === undefined) return { files, warnings: describeUnknown(file, records, known) };
  if (match.records !== records) {
    throw recordInvalid(
      path,
      "the whole file",
      `${records} records read of the ${match.records} of ${match.title}`,
    );
  }
  return { files, warnings: [] };
}

function describeUnknown(file: ReadFile, records: number, known: readonly KnownFile[]): string[] {
  if (known.length === 0) return [];
  const expected = known.map(({ title, records: count }) => `${title}, ${count} records`);
  return [
    `${file.path} (${records} records, SHA-256 ${file.sha256.slice(0, 12)}) is not a file known here (${expected.join("; ")}): figures are not comparable with those of the known one`,
  ];
}
