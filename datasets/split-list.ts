import type { RecordBytes, Splitter } from "./record-bytes.js";

/** A list that is cut off or followed by text. */
export class ListError extends Error {}

const bytesOf = (characters: string): ReadonlySet<number> => new Set(Buffer.from(characters));
const LINE_BREAK = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const BLANKS = bytesOf("\t\n\r ");
const OPENINGS = bytesOf("[{");
const CLOSINGS = bytesOf("]}");

/**
 * Splits one JSON list into its items. It checks only brackets and quotes; the reader validates each
 * item.
 */
export function createListSplitter(): Splitter {
  const findEnd = createEndFinder();
  let state: "before" | "inside" | "after" = "before";
  let parts: Buffer[] = [];
  let item = 0;
  let line = 1;
  /** Bytes of the current line in earlier chunks. */
  let lineBytes = 0;
  let start: { readonly line: number; readonly column: number } | null = null;

  const take = (last: Buffer): RecordBytes => {
    const place = start ?? { line, column: lineBytes };
    const record = { bytes: Buffer.concat([...parts, last]), ...place, item };
    parts = [];
    start = null;
    item += 1;
    return record;
  };

  return {
    push(chunk) {
      const records: RecordBytes[] = [];
      let from = 0;
      let lineStart = -lineBytes;
      chunk.forEach((byte, at) => {
        const isBlank = BLANKS.has(byte);
        if (state === "inside") {
          const end = findEnd(byte);
          if (end !== null) {
            const isEmptyList = end === "list" && item === 0 && start === null;
            if (!isEmptyList) records.push(take(chunk.subarray(from, at)));
            from = at + 1;
            if (end === "list") state = "after";
          } else if (!isBlank && start === null) {
            start = { line, column: at - lineStart };
            parts = [];
            from = at;
          }
        } else if (!isBlank) {
          if (state === "after") throw new ListError(`text follows the list in line ${line}`);
          state = "inside";
          from = at + 1;
        }
        if (byte === LINE_BREAK) {
          line += 1;
          lineStart = at + 1;
        }
      });
      lineBytes = chunk.length - lineStart;
      if (state === "inside") parts.push(chunk.subarray(from));
      return records;
    },
    end() {
      if (state !== "after") throw new ListError(`the list is cut off after ${item} records`);
      return [];
    },
  };
}

/** Determines for each byte inside a list whether it ends an item or the list. */
function createEndFinder(): (byte: number) => "item" | "list" | null {
  /** Number of open brackets inside the list. */
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  return (byte) => {
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (OPENINGS.has(byte)) {
      depth += 1;
    } else if (CLOSINGS.has(byte)) {
      if (depth === 0) return byte === LIST_END ? "list" : null;
      depth -= 1;
    } else if (byte === COMMA && depth === 0) {
      return "item";
    }
    return null;
  };
}
