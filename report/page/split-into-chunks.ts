/** JSON characters per chunk; a chunk of this size opens in a few milliseconds. */
const CHUNK_LENGTH = 300_000;

/**
 * Splits items into chunks of about `CHUNK_LENGTH` characters of JSON, in order. Each chunk is
 * compressed as a whole, because neighboring samples share tools and wording, and is opened as a
 * whole.
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
