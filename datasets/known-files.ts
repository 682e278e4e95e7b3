import { recordInvalid } from "./dataset-errors.js";
import type { SourceFile } from "./types.js";

/** An upstream file with known content. */
export interface KnownFile {
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  readonly records: number;
  /** Human-readable title. */
  readonly title: string;
}

/** A file that was read. */
interface ReadFile {
  readonly path: string;
  /** SHA-256 of its uncompressed bytes. */
  readonly sha256: string;
}

/** Result of comparing a file with the known ones. */
export interface FileCheck {
  readonly files: readonly SourceFile[];
  readonly warnings: readonly string[];
}

/**
 * Compares a file with the known ones of its format and returns a warning if it is not one of them.
 * Throws DATA_LINE_INVALID if a known file yields the wrong number of records, because then the
 * importer is broken. Without known files, accepts any file.
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
      `read ${records} of the ${match.records} records of ${match.title}`,
    );
  }
  return { files, warnings: [] };
}

function describeUnknown(file: ReadFile, records: number, known: readonly KnownFile[]): string[] {
  if (known.length === 0) return [];
  const expected = known.map(({ title, records: count }) => `${title}, ${count} records`);
  return [
    `${file.path} (${records} records, SHA-256 ${file.sha256.slice(0, 12)}) is not a known file (${expected.join("; ")}): results are not comparable with those of the known file`,
  ];
}
