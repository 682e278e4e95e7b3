import { constants } from "node:buffer";
import { fileUnsupported, recordInvalid } from "./dataset-errors.js";
import { encoding } from "./file-kinds.js";

/** Position of bytes in their file. */
interface BytePlace {
  readonly path: string;
  /** Line in which they start, from 1. */
  readonly line: number;
  /** Number of bytes before them in that line. */
  readonly column: number;
}

const LINE_BREAK = 0x0a;

/**
 * Decodes UTF-8. Throws DATA_FILE_UNSUPPORTED with line and byte if the bytes are not UTF-8, because
 * text in another encoding must not pass with corrupted letters. Throws DATA_LINE_INVALID if there are
 * more bytes than one string can hold, about 512 MiB.
 */
export function decodeText(bytes: Uint8Array, place: BytePlace): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const problem = `longer than ${constants.MAX_STRING_LENGTH} bytes`;
    throw recordInvalid(place.path, `line ${place.line}`, problem);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw describeInvalid(bytes, place);
  }
}

function describeInvalid(bytes: Uint8Array, { path, line, column }: BytePlace): Error {
  const index = findInvalidByte(bytes);
  const before = bytes.subarray(0, index);
  const breaks = before.reduce((count, each) => count + (each === LINE_BREAK ? 1 : 0), 0);
  const inLine = breaks === 0 ? column + index : index - before.lastIndexOf(LINE_BREAK) - 1;
  const byte = (bytes[index] ?? 0).toString(16).padStart(2, "0");
  // In single-byte encodings, an accented letter usually stands alone between ASCII letters.
  const isSingle = [bytes[index - 1], bytes[index + 1]].every((each) => (each ?? 0) < 0x80);
  const guess = isSingle ? "WINDOWS-1252" : "ENCODING";
  const seems = isSingle ? "; probably Windows-1252 (Latin-1)" : "";
  return fileUnsupported(path, {
    name: `not UTF-8 text (line ${line + breaks}, byte ${inLine + 1}: 0x${byte}${seems})`,
    hint: encoding(guess).hint,
  });
}

/** Index of the first byte that lenient decoding replaces. */
function findInvalidByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return bytes.findIndex((byte, index) => byte !== lenient[index]);
}
