import type { SweepPart } from "../store/sweep-parts.js";

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
  /** Data sets whose texts are left out; restoring reads them again. */
  readonly leftOut: readonly LeftOutData[];
}

/** A data set whose texts an archive leaves out. */
export interface LeftOutData {
  /** Name in the store; a training split's has its hash. */
  readonly dataset: string;
  /** Name in the config. */
  readonly name: string;
  readonly format: string;
  /** Where the config has it. */
  readonly path?: string;
}

/** A sample without its texts. */
export interface SampleHash {
  readonly kind: "sample-hash";
  readonly dataset: string;
  readonly contentHash: string;
  readonly key: string;
  /** `sampleContentHash` of the sample, 64 hex digits. */
  readonly sampleHash: string;
  /** SHA-256 of the gold's canonical JSON, 64 hex digits. */
  readonly goldHash: string;
}

/** Data set and key of a sample that a line quotes. */
export type SampleId = readonly [dataset: string, key: string];

/** A line between the first and the last; `quoted` lists the samples that its marks refer to by number. */
export type ArchiveLine = (SweepPart | SampleHash) & { readonly quoted?: readonly SampleId[] };

/** The last line. */
export interface ArchiveEnd {
  readonly kind: "end";
  /** Lines of each kind. */
  readonly lines: ArchiveCounts;
  /** SHA-256 over the uncompressed bytes of all lines before this one, 64 hex digits. */
  readonly sha256: string;
}

/** Lines of each kind. */
export type ArchiveCounts = Partial<Record<ArchiveLine["kind"], number>>;
