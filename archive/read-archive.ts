import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ArchiveEnd, ArchiveHeader } from "./archive-format.js";
import { ARCHIVE_FORMAT, ARCHIVE_VERSION } from "./archive-format.js";
import { archiveInvalid as invalid } from "./archive-invalid.js";
import type { FindSample, LineContent } from "./read-line.js";
import { readLine } from "./read-line.js";

/** Longest line of a header: other files are refused without reading them into memory. */
const LONGEST_HEADER = 10_000;

const headerSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.int().min(1),
  sweep: z.string(),
  toolVersion: z.string(),
  leftOut: z.array(
    z.object({
      dataset: z.string(),
      name: z.string(),
      format: z.string(),
      path: z.string().exactOptional(),
    }),
  ),
});

const endSchema = z.object({
  kind: z.literal("end"),
  lines: z.record(z.string(), z.int()),
  sha256: z.string(),
});

/** One line of an archive. */
export type ArchiveContent =
  { readonly header: ArchiveHeader } | LineContent | { readonly end: ArchiveEnd };

/**
 * Reads an archive line by line, and checks it against the hash at its end. Throws `ARCHIVE_FILE_MISSING`,
 * `ARCHIVE_VERSION_NEWER`, and `ARCHIVE_INVALID` as soon as it meets the fault, at the latest after the last line.
 */
export async function* readArchive(
  path: string,
  findSample: FindSample = () => null,
): AsyncGenerator<ArchiveContent> {
  const hash = createHash("sha256");
  let header: ArchiveHeader | null = null;
  let end: ArchiveEnd | null = null;
  const counts: Record<string, number> = {};
  let number = 0;
  for await (const line of readLines(path, () => header !== null)) {
    number += 1;
    if (end !== null) throw invalid(path, `line ${number} follows the end`);
    const value = parseLine(path, line, number);
    if (header === null) {
      header = readHeader(path, value);
      yield { header };
    } else if (isEnd(value)) {
      end = readEnd(path, value, number);
      if (end.sha256 !== hash.digest("hex")) {
        throw invalid(path, "its content does not have the SHA-256 that its last line names");
      }
      requireCounts(path, end, counts);
      yield { end };
      continue;
    } else {
      const content = readLine({ path, value, number, sweep: header.sweep }, findSample);
      const { kind } = "part" in content ? content.part : content.sample;
      counts[kind] = (counts[kind] ?? 0) + 1;
      yield content;
    }
    hash.update(line).update("\n");
  }
  if (header === null) throw invalid(path, "it is empty");
  if (end === null) throw invalid(path, "it is truncated: its last line is missing");
}

/** Lines without their newline, as bytes; the last one too if it has none. */
async function* readLines(path: string, hasHeader: () => boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip();
  // The iteration below throws what ends the pipeline.
  pipeline(file, gunzip, () => undefined);
  let pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let start = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
        yield Buffer.concat([...pieces, chunk.subarray(start, at)]);
        pieces = [];
        size = 0;
        start = at + 1;
      }
      pieces.push(chunk.subarray(start));
      size += chunk.length - start;
      if (!hasHeader() && size > LONGEST_HEADER) throw invalid(path, "its first line is too long");
    }
  } catch (error) {
    throw describeReadError(path, error);
  } finally {
    file.destroy();
  }
  if (size > 0) yield Buffer.concat(pieces);
}

function describeReadError(path: string, error: unknown): unknown {
  if (error instanceof WhetstoneError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "Z_BUF_ERROR") return invalid(path, "it is truncated: its last line is missing");
  if (code?.startsWith("Z_") === true) return invalid(path, `it cannot be unpacked: ${message}`);
  if (code === undefined) return error;
  return new WhetstoneError(`${path} cannot be read: ${message}.`, {
    code: "ARCHIVE_FILE_MISSING",
    hint: "Name a file that `npx whetstone archive SWEEP` wrote.",
    cause: error,
  });
}

function parseLine(path: string, line: Buffer, number: number): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    throw invalid(path, `line ${number} is not JSON`);
  }
}

function readHeader(path: string, value: unknown): ArchiveHeader {
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw invalid(path, "its first line is no header of an archive");
  const { version, toolVersion } = parsed.data;
  if (version > ARCHIVE_VERSION) {
    throw new WhetstoneError(
      `${path} was written by Whetstone ${toolVersion} in version ${version} of the format; this one reads up to version ${ARCHIVE_VERSION}.`,
      {
        code: "ARCHIVE_VERSION_NEWER",
        hint: "Update Whetstone, and run the same command again.",
        details: { version },
      },
    );
  }
  return parsed.data;
}

function isEnd(value: unknown): boolean {
  return value instanceof Object && "kind" in value && value.kind === "end";
}

function readEnd(path: string, value: unknown, number: number): ArchiveEnd {
  const parsed = endSchema.safeParse(value);
  if (!parsed.success) throw invalid(path, `line ${number} is no end of an archive`);
  return parsed.data;
}

function requireCounts(path: string, end: ArchiveEnd, counts: Readonly<Record<string, number>>) {
  const named = Object.entries(end.lines);
  const equal =
    named.length === Object.keys(counts).length &&
    named.every(([kind, count]) => counts[kind] === count);
  if (!equal) throw invalid(path, "it does not have the lines that its last line counts");
}
