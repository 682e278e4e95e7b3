import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";

/** One file of a ZIP archive. */
export interface ZipEntry {
  /** Path in the archive, with `/`. */
  readonly path: string;
  readonly text: string;
}

const compress = promisify(deflateRaw);

/** Largest values of the format's fields; beyond them, ZIP64 records hold the value. */
const MAX_COUNT = 0xffff;
const MAX_OFFSET = 0xffff_ffff;

/** Midnight of 1980-01-01, the first date of the format: equal entries give equal bytes. */
const DATE = 0x21;

/** Version 4.5 of the format, which ZIP64 needs; names are UTF-8 (bit 11); deflate is method 8. */
const VERSION = 45;
const UTF8 = 0x800;
const DEFLATE = 8;

/**
 * A ZIP archive of the entries, one at a time: only their paths stay in memory. Reads with every ZIP reader that knows
 * deflate, and ZIP64 if there are more than 65,535 entries or 4 GB. Each entry must be smaller than 4 GB.
 */
export async function* renderZip(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { path, text } of entries) {
    const name = Buffer.from(path);
    const content = Buffer.from(text);
    const packed = await compress(content);
    const facts = describeEntry(content, packed.length, name.length);
    const header = Buffer.concat([record(4, 0x04034b50), facts, record(2, 0), name]);
    yield header;
    yield packed;
    directory.push(renderDirectoryEntry(facts, name, offset));
    offset += header.length + packed.length;
  }
  yield* directory;
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  yield renderEnd(directory.length, size, offset);
}

/** The fields that an entry's header and its entry in the directory share. */
function describeEntry(content: Uint8Array, packedSize: number, nameSize: number): Buffer {
  return Buffer.concat([
    record(2, VERSION, UTF8, DEFLATE, 0, DATE),
    record(4, computeCrc32(content), packedSize, content.length),
    record(2, nameSize),
  ]);
}

function renderDirectoryEntry(facts: Buffer, name: Buffer, offset: number): Buffer {
  const isFar = offset >= MAX_OFFSET;
  const extra = isFar ? Buffer.concat([record(2, 1, 8), record(8, offset)]) : Buffer.alloc(0);
  return Buffer.concat([
    record(4, 0x02014b50),
    record(2, VERSION),
    facts,
    record(2, extra.length, 0, 0, 0),
    record(4, 0, isFar ? MAX_OFFSET : offset),
    name,
    extra,
  ]);
}

function renderEnd(count: number, size: number, offset: number): Buffer {
  const parts: Buffer[] = [];
  if (count >= MAX_COUNT || offset + size >= MAX_OFFSET) {
    parts.push(
      record(4, 0x06064b50),
      record(8, 44),
      record(2, VERSION, VERSION),
      record(4, 0, 0),
      record(8, count, count, size, offset),
      record(4, 0x07064b50, 0),
      record(8, offset + size),
      record(4, 1),
    );
  }
  const shown = Math.min(count, MAX_COUNT);
  parts.push(
    record(4, 0x06054b50),
    record(2, 0, 0, shown, shown),
    record(4, Math.min(size, MAX_OFFSET), Math.min(offset, MAX_OFFSET)),
    record(2, 0),
  );
  return Buffer.concat(parts);
}

/** Little-endian numbers of `size` bytes each. */
function record(size: 2 | 4 | 8, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, index) => {
    if (size === 8) bytes.writeBigUInt64LE(BigInt(value), index * size);
    else bytes.writeUIntLE(value, index * size, size);
  });
  return bytes;
}

/** CRC-32 of each byte value; `node:zlib` has `crc32` only from Node 20.15 on. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

function computeCrc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffff_ffff) >>> 0;
}
