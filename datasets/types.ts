import type { GoldSample, Message, Tool } from "../domain/samples/sample.js";
import type { Gold } from "../domain/samples/sample.js";

/** Which data to read. */
export interface ImportInput {
  /** Name of the data set in keys and tables. */
  readonly name: string;
  readonly format: string;
  /** File or folder; absent for the bundled set. */
  readonly path?: string;
}

/** A file that an importer read. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its bytes, of a gzipped file of what is inside, 64 hex digits. */
  readonly sha256: string;
  /** The known upstream file that it is byte for byte; null where it is another. */
  readonly title: string | null;
  /** Whether the importer knows such a file at all; not so for a user's own. */
  readonly expected: boolean;
}

/** A data set as read, with gold apart from each sample. */
export interface ImportedDataset {
  readonly name: string;
  readonly format: string;
  /** Absolute path of the file that was read. */
  readonly source: string;
  /** SHA-256 over all samples and their gold, 64 hex digits; independent of name and path. */
  readonly contentHash: string;
  /** In the file's order. */
  readonly samples: readonly GoldSample[];
  /** One sentence each on what is odd in the data; none of it stops a run. */
  readonly warnings: readonly string[];
  readonly files: readonly SourceFile[];
  /** One sentence each on what differs from the files by the importer's own doing. */
  readonly notes: readonly string[];
}

/** One record before it has a key. */
export interface ImportedRecord {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly gold: Gold;
}

/** What is odd about some records of a file. */
export interface RowWarning {
  readonly text: string;
  /** Places in `records`, from 0. */
  readonly rows: readonly number[];
}

/** What a format's importer yields. */
export interface ImportedFile {
  readonly source: string;
  readonly records: readonly ImportedRecord[];
  readonly warnings: readonly string[];
  /** Oddities that the importer alone can see, because what it yields no longer has them. */
  readonly rowWarnings?: readonly RowWarning[];
  readonly files: readonly SourceFile[];
  readonly notes: readonly string[];
}

/** Reads one format. `path` is what the user gave. */
export type Importer = (path: string | undefined) => Promise<ImportedFile>;
