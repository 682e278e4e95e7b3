import type { GoldSample, Message, Tool } from "../domain/samples/sample.js";
import type { Gold } from "../domain/samples/sample.js";

/** The data set to read. */
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
  /** SHA-256 of its uncompressed bytes, 64 hex digits. */
  readonly sha256: string;
  /** Title of the known upstream file with equal bytes; null if there is none. */
  readonly title: string | null;
  /** Whether the importer has known files to compare with; false for a user's own data. */
  readonly expected: boolean;
}

/** An imported data set, with gold separate from each sample. */
export interface ImportedDataset {
  readonly name: string;
  readonly format: string;
  /** Absolute path of the file that was read. */
  readonly source: string;
  /** SHA-256 over all samples and their gold, 64 hex digits; independent of name and path. */
  readonly contentHash: string;
  /** In the file's order. */
  readonly samples: readonly GoldSample[];
  /** One sentence per oddity of the data; none stops a run. */
  readonly warnings: readonly string[];
  readonly files: readonly SourceFile[];
  /** One sentence per change that the importer made to the data. */
  readonly notes: readonly string[];
}

/** One record before it has a key. */
export interface ImportedRecord {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly gold: Gold;
}

/** An oddity of some records of a file. */
export interface RowWarning {
  readonly text: string;
  /** Indexes into `records`, from 0. */
  readonly rows: readonly number[];
}

/** Result of a format's importer. */
export interface ImportedFile {
  readonly source: string;
  readonly records: readonly ImportedRecord[];
  readonly warnings: readonly string[];
  /** Oddities that only the importer can see, because its result no longer has them. */
  readonly rowWarnings?: readonly RowWarning[];
  readonly files: readonly SourceFile[];
  readonly notes: readonly string[];
}

/** Reads one format. `path` is the user's path. */
export type Importer = (path: string | undefined) => Promise<ImportedFile>;
