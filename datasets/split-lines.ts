import type { RecordBytes, Splitter } from "./record-bytes.js";

const LINE_BREAK = 0x0a;

/** Splits bytes into lines, including blank ones. */
export function createLineSplitter(): Splitter {
  let parts: Buffer[] = [];
  let line = 0;
  const take = (last: Buffer): RecordBytes => {
    const bytes = Buffer.concat([...parts, last]);
    parts = [];
    line += 1;
    return { bytes, line, column: 0, item: null };
  };
  return {
    push(chunk) {
      const lines: RecordBytes[] = [];
      let from = 0;
      for (;;) {
        const end = chunk.indexOf(LINE_BREAK, from);
        if (end === -1) break;
        lines.push(take(chunk.subarray(from, end)));
        from = end + 1;
      }
      if (from < chunk.length) parts.push(chunk.subarray(from));
      return lines;
    },
    end: () => (parts.length === 0 ? [] : [take(Buffer.alloc(0))]),
  };
}
