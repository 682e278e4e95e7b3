import type { Store } from "../store/store.js";
import type { RestoredCounts, SweepPart } from "../store/sweep-parts.js";
import type { ArchiveHeader, SampleHash } from "./archive-format.js";
import type { FindSample } from "./read-line.js";
import { readArchive } from "./read-archive.js";
import { rebuildSamples, textsMissing } from "./rebuild-samples.js";

/** The archive to restore, and where its data is. */
export interface RestoreInput {
  readonly path: string;
  /** Files or folders of data sets by name, in place of the archived paths. */
  readonly data: ReadonlyMap<string, string>;
  /** Restore what needs no text, if texts that are left out cannot be rebuilt. */
  readonly withoutTexts: boolean;
}

/** What a restore did. */
export interface RestoreSummary extends RestoredCounts {
  readonly sweep: string;
  /** Samples that could not be rebuilt, one line per data set. */
  readonly problems: readonly string[];
}

/**
 * Puts an archive's sweep into a store, all or nothing. The file is read and checked completely before `withStore` opens
 * the store. Throws `ARCHIVE_FILE_MISSING`, `ARCHIVE_INVALID`, `ARCHIVE_VERSION_NEWER`, `ARCHIVE_TEXTS_MISSING` and
 * `ARCHIVE_CONFLICT`.
 */
export async function restoreArchive(
  { path, data, withoutTexts }: RestoreInput,
  withStore: (work: (store: Store) => Promise<RestoreSummary>) => Promise<RestoreSummary>,
): Promise<RestoreSummary> {
  const { header, samples } = await checkArchive(path);
  return withStore(async (store) => {
    const rebuilt = await rebuildSamples(store, header.leftOut, samples, data);
    const { find, problems } = rebuilt;
    if (problems.length > 0 && !withoutTexts) throw textsMissing(path, rebuilt, header.leftOut);
    const counts = await store.writeSweep(() => readParts(path, find));
    return { sweep: header.sweep, problems, ...counts };
  });
}

/** Reads the whole file; returns its header and the samples whose texts it leaves out. */
async function checkArchive(
  path: string,
): Promise<{ readonly header: ArchiveHeader; readonly samples: readonly SampleHash[] }> {
  let header: ArchiveHeader | null = null;
  const samples: SampleHash[] = [];
  for await (const content of readArchive(path)) {
    if ("header" in content) header = content.header;
    if ("sample" in content) samples.push(content.sample);
  }
  if (header === null) throw new TypeError("readArchive yields a header or throws");
  return { header, samples };
}

async function* readParts(path: string, find: FindSample): AsyncGenerator<SweepPart> {
  for await (const content of readArchive(path, find)) {
    if ("sample" in content) {
      const { dataset, contentHash, key } = content.sample;
      const sample = find(dataset, key);
      if (sample !== null) yield { kind: "sample", dataset, contentHash, ...sample };
    } else if ("part" in content) {
      const { part, isComplete } = content;
      // A unit would take an incomplete step's value as it is.
      if (isComplete || part.kind === "result") yield settle(part);
    }
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
