/** The undecoded bytes of one record. */
export interface RecordBytes {
  readonly bytes: Buffer;
  /** Line in which they start, from 1. */
  readonly line: number;
  /** Number of bytes before them in that line. */
  readonly column: number;
  /** Index of the list item, from 0; null for a separate line. */
  readonly item: number | null;
}

/** Splits a sequence of chunks into records. */
export interface Splitter {
  /** Returns the records that end in this chunk. */
  readonly push: (chunk: Buffer) => readonly RecordBytes[];
  /** Returns the rest after the last chunk. */
  readonly end: () => readonly RecordBytes[];
}
