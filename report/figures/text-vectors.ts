import { createRandom, hashText } from "../../domain/identity/random.js";

/** Vector length after the projection. */
const DIMENSIONS = 64;

/**
 * Texts as vectors: unigrams and bigrams, weighted by tf-idf, randomly projected to `DIMENSIONS`
 * dimensions and normalized. Similar texts get similar vectors. No model is needed, and equal texts
 * give equal vectors on every machine.
 */
export function embedTexts(texts: readonly string[]): number[][] {
  const bags = texts.map(countTerms);
  const documents = new Map<string, number>();
  for (const bag of bags) {
    for (const term of bag.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  }
  const directions = new Map<string, Float64Array>();
  return bags.map((bag) => {
    const vector = new Float64Array(DIMENSIONS);
    for (const [term, count] of bag) {
      const rarity = Math.log(1 + texts.length / (documents.get(term) ?? 1));
      const direction = directions.get(term) ?? drawDirection(term);
      directions.set(term, direction);
      const weight = (1 + Math.log(count)) * rarity;
      for (let place = 0; place < DIMENSIONS; place += 1) {
        vector[place] = (vector[place] ?? 0) + weight * (direction[place] ?? 0);
      }
    }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    return [...vector].map((value) => value / length);
  });
}

function countTerms(text: string): Map<string, number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const terms = [...words, ...words.slice(1).map((word, place) => `${words[place] ?? ""} ${word}`)];
  const bag = new Map<string, number>();
  for (const term of terms) bag.set(term, (bag.get(term) ?? 0) + 1);
  return bag;
}

/** A term's random direction: signs derived from its hash. */
function drawDirection(term: string): Float64Array {
  const random = createRandom(hashText(term));
  return Float64Array.from({ length: DIMENSIONS }, () => (random() < 0.5 ? -1 : 1));
}
