import type { Random } from "./random.js";

/** The part of the world that a sample comes from; the nouns of the two parts never overlap. */
export type Split = "train" | "heldout";

const REAL_NOUNS = (
  "lamp car boat hotel flight house garden phone camera book song film museum train ship bike shop school " +
  "farm bridge tower river lake mountain park market ticket table chair clock watch ring coat shoe shirt " +
  "bag box bottle cup plate knife piano guitar drum violin horse dog cat bird fish cow sheep goat tree " +
  "flower apple bread cheese wine tea coffee cake soup hospital clinic office factory mine port airport " +
  "station road street castle church temple island beach forest field stadium theatre studio library bank " +
  "printer laptop tablet router server robot drone satellite rocket engine pump valve filter sensor motor " +
  "battery cable lens mirror window door roof wall fence gate bench tent kayak canoe sled wagon truck van bus"
).split(" ");

const ONSETS = "b br c d dr f fl g gr h j k kl l m n p pl qu r s sk st t tr v w z".split(" ");
const VOWELS = "a e i o u".split(" ");
const CODAS = "b d f g k l m n p r rn s st t x z".split(" ");

/** A pronounceable word that belongs to no language. */
export function inventWord(random: Random): string {
  const first = random.pick(ONSETS) + random.pick(VOWELS);
  const middle = random.chance(0.25) ? random.pick(CODAS).slice(0, 1) : "";
  return (
    first + middle + random.pick(ONSETS).slice(0, 1) + random.pick(VOWELS) + random.pick(CODAS)
  );
}

/** A tool noun of the split: real with probability 0.4, invented otherwise. */
export function drawNoun(random: Random, split: Split): string {
  for (;;) {
    const noun = random.chance(0.4) ? random.pick(REAL_NOUNS) : inventWord(random);
    if (nounSplit(noun) === split) {
      return noun;
    }
  }
}

/** The split of a noun: a quarter of all words is held out, determined by the word alone. */
export function nounSplit(noun: string): Split {
  let hash = 2_166_136_261;
  for (const letter of noun) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619) >>> 0;
  }
  return (hash >>> 8) % 4 === 0 ? "heldout" : "train";
}

const PERSON_NAMES =
  "Anna Boris Carla David Elena Felix Greta Hugo Irene Jonas Karin Louis Maria Nadia Oscar Paula Rosa Simon Tania Victor".split(
    " ",
  );
const CITIES =
  "Oslo Rome Lima Cairo Delhi Kyoto Quito Turin Lagos Dakar Hanoi Porto Riga Seoul Sofia Tunis Vienna Zagreb".split(
    " ",
  );
const COLORS = "red blue green black white yellow brown grey pink".split(" ");
const MONTHS = "January March April May June July August October".split(" ");

function capitalise(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** A proper name for one object, invented or with a number. */
export function drawEntity(random: Random): string {
  const name = capitalise(inventWord(random));
  return random.chance(0.2) ? `${name} ${random.integer(2, 99)}` : name;
}

export function drawPerson(random: Random): string {
  return random.chance(0.5) ? random.pick(PERSON_NAMES) : capitalise(inventWord(random));
}

export function drawPlace(random: Random): string {
  return random.chance(0.5) ? random.pick(CITIES) : capitalise(inventWord(random));
}

export function drawColor(random: Random): string {
  return random.pick(COLORS);
}

export function drawDate(random: Random): string {
  return `${random.integer(1, 28)} ${random.pick(MONTHS)}`;
}
