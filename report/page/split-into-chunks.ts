/** Characters of JSON after which a chunk is full: one opens in a few milliseconds. */
const CHUNK_LENGTH = 300_000;

/**
 * Splits items into chunks of about `CHUNK_LENGTH` characters of JSON, in order. A chunk is
 * compressed as a whole, since neighbours share tools and wording, and opened as a whole.
 */
export function splitIntoChunks<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  let length = CHUNK_LENGTH;
  for (const item of items) {
    if (length >= CHUNK_LENGTH) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(item);
    length += JSON.stringify(item).length;
  }
  return chunks;
}
