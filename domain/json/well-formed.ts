/**
 * Replaces each lone surrogate in the output of `JSON.stringify` with U+FFFD: JavaScript writes it as an escape such as
 * `\ud83d`, which parsers in other languages reject.
 */
export function replaceLoneSurrogates(json: string): string {
  // Match every escape as a whole, so that an escaped backslash before "ud83d" does not start one.
  return json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.startsWith("\\ud") ? "\ufffd" : escape,
  );
}
