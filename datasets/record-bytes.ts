/** The bytes of one record, not decoded yet. */
export interface RecordBytes {
  readonly bytes: Buffer;
  /** Line that they begin in, from 1. */
  readonly line: number;
  /** Bytes before them in that line. */
  readonly column: number;
  /** Item of a list that they are, from 0; null for a line of its own. */
  readonly item: number | null;
}

/** Cuts chunks into records, one chunk after the other. */
export interface Splitter {
  /** Records that end in this chunk. */
  readonly push: (chunk: Buffer) => readonly RecordBytes[];
  /** What is left when there are no more chunks. */
  readonly end: () => readonly RecordBytes[];
}
