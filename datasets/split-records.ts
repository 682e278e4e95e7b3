import type { RecordBytes, Splitter } from "./record-bytes.js";
import { createLineSplitter } from "./split-lines.js";
import { createListSplitter } from "./split-list.js";

/**
 * Splits a byte stream into records, holding one at a time: lines, or the items of one JSON list if the
 * first character is `[`. ASCII bytes in UTF-8 always mean ASCII characters, so bytes can be split
 * before decoding. Throws a `ListError` for a list that is cut off or followed by text.
 */
export async function* splitRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<RecordBytes> {
  let splitter: Splitter | null = null;
  const blank: Buffer[] = [];
  for await (const chunk of chunks) {
    if (splitter !== null) {
      yield* splitter.push(chunk);
      continue;
    }
    blank.push(chunk);
    const first = /[^\t\n\r ]/.exec(chunk.toString("latin1"))?.[0];
    if (first === undefined) continue;
    splitter = first === "[" ? createListSplitter() : createLineSplitter();
    for (const each of blank) yield* splitter.push(each);
  }
  if (splitter !== null) yield* splitter.end();
}
