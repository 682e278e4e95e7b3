/** The folded words of a text. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/**
 * Finds the indices of the texts most similar to `query`, best first: cosine of TF-IDF vectors over words, with
 * document frequencies from the texts; the earlier text wins ties.
 */
export function findNearestTexts(query: string, texts: readonly string[], count: number): number[] {
  const documents = texts.map((text) => countWords(wordsOf(text)));
  const frequency = new Map<string, number>();
  for (const document of documents) {
    for (const word of document.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  const weigh = (counts: ReadonlyMap<string, number>): Map<string, number> =>
    new Map(
      [...counts].map(([word, times]) => [
        word,
        times * Math.log((1 + texts.length) / (1 + (frequency.get(word) ?? 0))),
      ]),
    );
  const target = weigh(countWords(wordsOf(query)));
  const scores = documents.map((document) => cosine(target, weigh(document)));
  return scores
    .map((score, index) => ({ score, index }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index);
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [word, weight] of a) product += weight * (b.get(word) ?? 0);
  const length = (vector: ReadonlyMap<string, number>): number =>
    Math.sqrt([...vector.values()].reduce((sum, weight) => sum + weight * weight, 0));
  const scale = length(a) * length(b);
  return scale === 0 ? 0 : product / scale;
}
