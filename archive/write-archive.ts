import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { readToolVersion } from "../infra/repository.js";
import type { Store } from "../store/store.js";
import type { SweepPart, SweepPartKind } from "../store/sweep-parts.js";
import type { ArchiveEnd, ArchiveHeader } from "./archive-format.js";
import { ARCHIVE_FORMAT, ARCHIVE_VERSION } from "./archive-format.js";

/** What an archive holds: lines of each kind. */
export type ArchiveCounts = Partial<Record<SweepPartKind, number>>;

/**
 * Streams the archive of one sweep as gzip; equal stores give equal bytes. `counts` is filled while the stream is
 * read.
 */
export function streamArchive(
  store: Store,
  sweep: string,
  counts: ArchiveCounts,
): AsyncIterable<Uint8Array> {
  const lines = writeLines(store, sweep, counts);
  const gzip = createGzip({ level: 9 });
  const source = Readable.from(lines);
  source.on("error", (error) => gzip.destroy(error));
  return source.pipe(gzip);
}

async function* writeLines(
  store: Store,
  sweep: string,
  counts: ArchiveCounts,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  const write = (value: ArchiveHeader | SweepPart): string => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    return line;
  };
  yield write({
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    sweep,
    toolVersion: readToolVersion(),
  });
  for await (const part of store.readSweep(sweep)) {
    counts[part.kind] = (counts[part.kind] ?? 0) + 1;
    yield write(part);
  }
  const end: ArchiveEnd = { kind: "end", lines: counts, sha256: hash.digest("hex") };
  yield `${JSON.stringify(end)}\n`;
}
