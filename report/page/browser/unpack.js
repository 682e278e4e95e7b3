/** @typedef {import("../page-model.js").PageIndex} PageIndex */
/** @typedef {import("../page-model.js").SampleDetail} SampleDetail */

/**
 * Reads compressed, base64-coded JSON.
 *
 * @param {string} text
 * @returns {Promise<unknown>}
 */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

/**
 * The page's data: loads the index at once and each chunk of samples on demand.
 *
 * @param {ParentNode} page
 */
export function createData(page) {
  /** @type {Map<number, Promise<SampleDetail[]>>} */
  const opened = new Map();
  const read = (/** @type {string} */ name) =>
    page.querySelector(`script[data-pack="${name}"]`)?.textContent ?? "";
  return {
    /** @returns {Promise<PageIndex>} */
    readIndex: async () => /** @type {PageIndex} */ (await unpack(read("index"))),
    /**
     * @param {number} chunk
     * @param {number} place
     * @returns {Promise<SampleDetail | undefined>}
     */
    readSample: async (chunk, place) => {
      const known = opened.get(chunk);
      const samples =
        known ?? /** @type {Promise<SampleDetail[]>} */ (unpack(read(`chunk-${chunk}`)));
      if (known === undefined) {
        // A few cached chunks are enough to step through neighboring samples.
        if (opened.size > 8) opened.clear();
        opened.set(chunk, samples);
      }
      return (await samples)[place];
    },
    /** Called after the page's packs were replaced. */
    forget: () => opened.clear(),
  };
}
