/** A stream of pseudo-random numbers in [0, 1). */
export type RandomStream = () => number;

/**
 * A seeded stream of uniform numbers in [0, 1) with 32 bits each (xoshiro128**, Blackman and Vigna
 * 2018). Pure arithmetic without node built-ins, so that workflow code may use it. Equal seeds give
 * equal streams on every machine.
 */
export function createRandom(seed: number | string): RandomStream {
  const base = hashText(String(seed));
  const state = new Uint32Array([1, 2, 3, 4].map((salt) => mix(base + Math.imul(salt, GOLDEN))));
  return () => {
    const [first = 0, second = 0, third = 0, fourth = 0] = state;
    const result = Math.imul(rotateLeft(Math.imul(second, 5), 7), 9) >>> 0;
    const nextThird = third ^ first;
    const nextFourth = fourth ^ second;
    state[1] = second ^ nextThird;
    state[0] = first ^ nextFourth;
    state[2] = nextThird ^ (second << 9);
    state[3] = rotateLeft(nextFourth, 11);
    return result / 2 ** 32;
  };
}

/** A stable 32-bit hash of a text (FNV-1a over UTF-16 code units, then a finishing mix). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mix(hash);
}

/** Returns a copy in random order: draws a number for each item, then sorts by it. */
export function shuffle<T>(items: readonly T[], random: RandomStream): T[] {
  const keyed = items.map((item) => ({ item, position: random() }));
  // Equal draws (2^-32) keep the given order: sort is stable.
  return keyed.sort((left, right) => left.position - right.position).map(({ item }) => item);
}

/** 2^32 divided by the golden ratio: spreads consecutive salts over the whole range. */
const GOLDEN = 0x9e3779b9;

/** Spreads every input bit over the 32 output bits, so that similar inputs give unrelated outputs. */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function rotateLeft(value: number, places: number): number {
  return (value << places) | (value >>> (32 - places));
}
