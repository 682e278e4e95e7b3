import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { readToolVersion } from "../infra/repository.js";
import type { Store, SweepRecord } from "../store/store.js";
import type {
  ArchiveCounts,
  ArchiveEnd,
  ArchiveHeader,
  ArchiveLine,
  LeftOutData,
} from "./archive-format.js";
import { ARCHIVE_FORMAT, ARCHIVE_VERSION } from "./archive-format.js";
import type { ArchiveTexts } from "./line-writer.js";
import { LineWriter, listLeftOut } from "./line-writer.js";

/** An archive that is written while `bytes` is read. */
export interface ArchiveStream {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly leftOut: readonly LeftOutData[];
  /** Complete after the last byte. */
  readonly counts: ArchiveCounts;
}

/** Streams the archive of one sweep as gzip; equal stores give equal bytes. */
export function streamArchive(
  store: Store,
  sweep: SweepRecord,
  texts: ArchiveTexts,
): ArchiveStream {
  const leftOut = listLeftOut(sweep, texts);
  const counts: ArchiveCounts = {};
  return { bytes: pack(writeLines(store, sweep.name, leftOut, counts)), leftOut, counts };
}

async function* pack(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 9 });
  // The iteration throws what ends the pipeline.
  pipeline(Readable.from(lines), gzip, () => undefined);
  yield* gzip as AsyncIterable<Uint8Array>;
}

async function* writeLines(
  store: Store,
  sweep: string,
  leftOut: readonly LeftOutData[],
  counts: ArchiveCounts,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const write = (value: ArchiveHeader | ArchiveLine): string => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    return line;
  };
  yield write({
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    sweep,
    toolVersion: readToolVersion(),
    leftOut,
  });
  const writer = new LineWriter(leftOut);
  for await (const part of store.readSweep(sweep)) {
    const line = writer.write(part);
    if (line === null) continue;
    counts[line.kind] = (counts[line.kind] ?? 0) + 1;
    yield write(line);
  }
  const end: ArchiveEnd = { kind: "end", lines: counts, sha256: hash.digest("hex") };
  yield `${JSON.stringify(end)}\n`;
}
