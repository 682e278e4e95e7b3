import { constants } from "node:buffer";
import { fileUnsupported, recordInvalid } from "./dataset-errors.js";
import { encoding } from "./file-kinds.js";

/** Where bytes stand in their file. */
interface BytePlace {
  readonly path: string;
  /** Line that they begin in, from 1. */
  readonly line: number;
  /** Bytes before them in that line. */
  readonly column: number;
}

const LINE_BREAK = 0x0a;

/**
 * The text that bytes are in UTF-8. Throws DATA_FILE_UNSUPPORTED, naming line and byte, if they are
 * no UTF-8: text of another encoding must not pass with damaged letters. Throws DATA_LINE_INVALID
 * if they are more than one text can hold, some 512 MiB.
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
  // Encodings of one byte per letter have accented letters alone between plain ones.
  const isSingle = [bytes[index - 1], bytes[index + 1]].every((each) => (each ?? 0) < 0x80);
  const guess = isSingle ? "WINDOWS-1252" : "ENCODING";
  const seems = isSingle ? "; Windows-1252 (Latin-1), it seems" : "";
  return fileUnsupported(path, {
    name: `not UTF-8 text (line ${line + breaks}, byte ${inLine + 1}: 0x${byte}${seems})`,
    hint: encoding(guess).hint,
  });
}

/** Index of the first byte that a lenient reading has to replace. */
function findInvalidByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return bytes.findIndex((byte, index) => byte !== lenient[index]);
}
