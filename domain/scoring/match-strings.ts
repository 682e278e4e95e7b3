import { stemmer } from "stemmer";

/**
 * Whether two strings mean the same under `soft-v2` (specification, section 7.6): equal after
 * folding (NFKC, straight quotes, case, whitespace, outer punctuation); else token by token, as
 * many tokens on both sides, tokens with a digit equal, the others equal by Porter stem.
 * Identifier-like values are never stemmed. Symmetric; equal strings always match.
 */
export function softStringsMatch(left: string, right: string): boolean {
  if (left === right) return true;
  const [foldedLeft, foldedRight] = [foldString(left), foldString(right)];
  if (foldedLeft === foldedRight) return true;
  if (isIdentifierLike(left) || isIdentifierLike(right)) return false;
  const [leftTokens, rightTokens] = [foldedLeft.split(" "), foldedRight.split(" ")];
  if (leftTokens.length !== rightTokens.length) return false;
  return leftTokens.every((token, index) => tokensMatch(token, rightTokens[index] ?? ""));
}

/**
 * A string without what soft matching overlooks: NFKC, straight quotes, no case, single spaces, no
 * quotes or brackets around it and no sentence mark behind it. What changes the meaning stays: a
 * mark in front ("-5", "<5"), a foot or inch mark behind a digit ("5'"). So does a string of nothing
 * but punctuation.
 */
export function foldString(text: string): string {
  const plain = straighten(text)
    // Upper case first unites letters that have several lower-case forms, such as ß and ss.
    .toUpperCase()
    .toLowerCase()
    .replace(/\s+/gu, " ")
    .trim();
  const bare = trimPunctuation(plain);
  return bare === "" ? plain : bare;
}

function straighten(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u2018\u2019\u201a\u201b\u2032`\u00b4]/gu, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]/gu, '"');
}

/** What may enclose a whole text. Only in pairs is "<" a bracket, and a mark behind a digit a quote. */
const CLOSING: ReadonlyMap<string, string> = new Map(
  ['""', "''", "()", "[]", "{}", "<>"].map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
/** What goes one after the other, if no pair is left: marks behind, then lone quotes and brackets. */
const OUTER = [
  /[\s.,;:!?\u2026]+$/u,
  /(?:[)\]}]|(?<=[^\p{N}"'])["']+|(?<='[^']*\p{N})'|(?<="[^"]*\p{N})")+$/u,
  /^["'([{\s¿¡]+/u,
] as const;

/** Longer texts keep their outer punctuation: what trims it looks at the whole text for each mark. */
const MAX_TRIMMED = 2_000;

function trimPunctuation(text: string): string {
  if (text.length > MAX_TRIMMED) return text;
  let trimmed = text;
  let before: string;
  do {
    before = trimmed;
    trimmed = trimOnce(before);
  } while (trimmed !== before);
  return trimmed;
}

function trimOnce(text: string): string {
  const isPair = text.length > 1 && CLOSING.get(text.charAt(0)) === text.at(-1);
  if (isPair) return text.slice(1, -1);
  const outer = OUTER.find((pattern) => pattern.test(text));
  return outer === undefined ? text : text.replace(outer, "");
}

function tokensMatch(left: string, right: string): boolean {
  if (left === right) return true;
  if (!isWord(left) || !isWord(right)) return false;
  return stem(left) === stem(right);
}

/**
 * Latin letters with inner hyphens or apostrophes: what the stemmer knows. Digits are excluded by
 * this, and what is too long for a word.
 */
function isWord(token: string): boolean {
  return /^[a-z][a-z'-]{0,99}$/.test(token);
}

/** Porter's stem, less a final "u" behind "g": the stemmer leaves it in fatigu(e), catalogu(e). */
function stem(word: string): string {
  return stemmer(word).replace(/gu$/, "g");
}

/**
 * One token with a capital inside, a digit, or a symbol (underscore, hyphen, dot, slash, @ ...): a
 * name of something, where a different ending is a different thing.
 */
function isIdentifierLike(text: string): boolean {
  const token = trimPunctuation(straighten(text).trim());
  return !/\s/u.test(token) && /.\p{Lu}|[\p{N}_\-./\\@:#$%&*+=~^|]/u.test(token);
}
