import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { SweepPart } from "../store/sweep-parts.js";
import type { ArchiveEnd, ArchiveHeader } from "./archive-format.js";
import { ARCHIVE_FORMAT, ARCHIVE_VERSION } from "./archive-format.js";
import { lineSchema } from "./line-schema.js";

/** Longest line of a header: other files are refused without reading them into memory. */
const LONGEST_HEADER = 10_000;

const headerSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.int().min(1),
  sweep: z.string(),
  toolVersion: z.string(),
});

const endSchema = z.object({
  kind: z.literal("end"),
  lines: z.record(z.string(), z.int()),
  sha256: z.string(),
});

/** A part of a sweep, after the header. */
export type ArchiveContent =
  { readonly header: ArchiveHeader } | { readonly part: SweepPart } | { readonly end: ArchiveEnd };

/**
 * Reads an archive line by line, and checks it against the hash at its end. Throws `ARCHIVE_FILE_MISSING`,
 * `ARCHIVE_VERSION_NEWER`, and `ARCHIVE_INVALID` as soon as it meets the fault, at the latest after the last line.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveContent> {
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
      const part = readPart(path, value, number, header);
      counts[part.kind] = (counts[part.kind] ?? 0) + 1;
      yield { part };
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

/** The first part is the header's sweep, and every part belongs to it. */
function readPart(path: string, value: unknown, number: number, header: ArchiveHeader): SweepPart {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(path, `line ${number}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const part = value as SweepPart;
  const sweep = sweepOf(part);
  if (sweep !== null && sweep !== header.sweep) {
    throw invalid(path, `line ${number} belongs to sweep ${sweep}, not to ${header.sweep}`);
  }
  if ((number === 2) !== (part.kind === "sweep")) {
    throw invalid(path, `line ${number} must ${number === 2 ? "" : "not "}be the sweep`);
  }
  return part;
}

/** The sweep that a part names; null if it names none, as samples and shared steps. */
function sweepOf(part: SweepPart): string | null {
  switch (part.kind) {
    case "sweep":
      return part.sweep.name;
    case "unit":
      return part.unit.sweep;
    case "threshold":
      return part.threshold.sweep;
    case "result":
      return part.result.sweep;
    default:
      return null;
  }
}

function invalid(path: string, problem: string): WhetstoneError {
  return new WhetstoneError(`${path} is not a usable archive: ${problem}.`, {
    code: "ARCHIVE_INVALID",
    hint: "Nothing was restored. Copy the file again, or write it again: npx whetstone archive SWEEP.",
  });
}
