import type { SweepPartKind } from "../store/sweep-parts.js";

/** First field of every archive. */
export const ARCHIVE_FORMAT = "whetstone-archive";

/** Version of the file format; a reader reads its own and all earlier ones. */
export const ARCHIVE_VERSION = 1;

/** The first line. */
export interface ArchiveHeader {
  readonly format: typeof ARCHIVE_FORMAT;
  readonly version: number;
  readonly sweep: string;
  /** Version of Whetstone that wrote it. */
  readonly toolVersion: string;
}

/** The last line. */
export interface ArchiveEnd {
  readonly kind: "end";
  /** Lines of each kind. */
  readonly lines: Readonly<Partial<Record<SweepPartKind, number>>>;
  /** SHA-256 over the uncompressed bytes of all lines before this one, 64 hex digits. */
  readonly sha256: string;
}
