import { stemmer } from "stemmer";

/**
 * Whether two strings match under `soft-v2` (specification, section 7.6): equal after folding (NFKC,
 * straight quotes, case, whitespace, outer punctuation), or the same number of tokens, with equal
 * tokens if they contain a digit and equal Porter stems otherwise. Identifier-like values are never
 * stemmed. Symmetric; equal strings always match.
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
 * Folds a string for soft matching: NFKC, straight quotes, no case, single spaces, no enclosing quotes
 * or brackets, no trailing sentence mark. Keeps marks that change the meaning: a leading mark ("-5",
 * "<5"), a foot or inch mark after a digit ("5'"). Keeps a string of only punctuation.
 */
export function foldString(text: string): string {
  const plain = straighten(text)
    // Uppercase first, to unify letters with several lowercase forms, such as ß and ss.
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

/** Marks that may enclose a whole text. "<" is a bracket, and a mark after a digit a quote, only in pairs. */
const CLOSING: ReadonlyMap<string, string> = new Map(
  ['""', "''", "()", "[]", "{}", "<>"].map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
/** Marks removed in turn if no pair is left: trailing marks, then unpaired quotes and brackets. */
const OUTER = [
  /[\s.,;:!?\u2026]+$/u,
  /(?:[)\]}]|(?<=[^\p{N}"'])["']+|(?<='[^']*\p{N})'|(?<="[^"]*\p{N})")+$/u,
  /^["'([{\s¿¡]+/u,
] as const;

/** Longer texts keep their outer punctuation, because trimming scans the whole text for each mark. */
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
 * Whether a token has only Latin letters with inner hyphens or apostrophes, as the stemmer expects. This
 * excludes digits and overlong tokens.
 */
function isWord(token: string): boolean {
  return /^[a-z][a-z'-]{0,99}$/.test(token);
}

/** Porter stem without a final "u" after "g", which the stemmer leaves in fatigu(e), catalogu(e). */
function stem(word: string): string {
  return stemmer(word).replace(/gu$/, "g");
}

/**
 * Whether a text is one token with an inner capital, a digit, or a symbol (underscore, hyphen, dot,
 * slash, @ ...): an identifier, for which a different ending changes the meaning.
 */
function isIdentifierLike(text: string): boolean {
  const token = trimPunctuation(straighten(text).trim());
  return !/\s/u.test(token) && /.\p{Lu}|[\p{N}_\-./\\@:#$%&*+=~^|]/u.test(token);
}
