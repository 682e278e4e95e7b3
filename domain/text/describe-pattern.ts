/** Patterns that a user meets in an error, in words. */
const WORDS: Readonly<Record<string, string>> = {
  "^[a-z0-9][a-z0-9.-]{0,63}$":
    "1 to 64 lower-case letters, digits, dots and hyphens, the first a letter or digit",
  "^[a-z0-9][a-z0-9-]{0,39}$":
    "1 to 40 lower-case letters, digits and hyphens, the first a letter or digit",
  "^[a-z0-9][a-z0-9-]{0,31}$":
    "1 to 32 lower-case letters, digits and hyphens, the first a letter or digit",
  "^[A-Z][A-Z0-9_]*$":
    "the name of an environment variable: capital letters, digits and underscores, the first a letter",
  "^(0|[1-9]\\d{0,8})-[0-9a-f]{8}$": "a row number, a hyphen and 8 hex digits, as in 12-0a1b2c3d",
};

/** Describes a regular expression's source in words; the source itself if it has none here. */
export function describePattern(source: string): string {
  return WORDS[source] ?? `a text matching ${source}`;
}
