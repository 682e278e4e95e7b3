import type { Store } from "../store/store.js";
import type { RestoredCounts, SweepPart } from "../store/sweep-parts.js";
import type { ArchiveHeader } from "./archive-format.js";
import { readArchive } from "./read-archive.js";

/** What a restore did. */
export interface RestoreSummary extends RestoredCounts {
  readonly sweep: string;
}

/**
 * Puts an archive's sweep into the store, all or nothing. The file is read and checked completely before the store is
 * opened by `openStore`. Throws `ARCHIVE_FILE_MISSING`, `ARCHIVE_INVALID`, `ARCHIVE_VERSION_NEWER` and
 * `ARCHIVE_CONFLICT`.
 */
export async function restoreArchive(
  path: string,
  withStore: <Result>(work: (store: Store) => Promise<Result>) => Promise<Result>,
): Promise<RestoreSummary> {
  const { sweep } = await checkArchive(path);
  return withStore(async (store) => ({
    sweep,
    ...(await store.writeSweep(() => readParts(path))),
  }));
}

/** Reads the whole file, and returns its header. */
async function checkArchive(path: string): Promise<ArchiveHeader> {
  let header: ArchiveHeader | null = null;
  for await (const content of readArchive(path)) {
    if ("header" in content) header = content.header;
  }
  if (header === null) throw new TypeError("readArchive yields a header or throws");
  return header;
}

async function* readParts(path: string): AsyncGenerator<SweepPart> {
  for await (const content of readArchive(path)) {
    if ("part" in content) yield settle(content.part);
  }
}

/** A sweep that ran when it was archived does not run in its new store. */
function settle(part: SweepPart): SweepPart {
  if (part.kind !== "sweep" || part.sweep.status !== "running") return part;
  return {
    kind: "sweep",
    sweep: {
      ...part.sweep,
      status: "stopped",
      statusReason: "It was archived while it ran; run its config again for the remaining units.",
    },
  };
}
