/**
 * A text that `JSON.stringify` wrote, with U+FFFD for each half of a surrogate pair that stands alone: JavaScript
 * writes it as an escape such as `\ud83d`, which parsers of other languages refuse.
 */
export function replaceLoneSurrogates(json: string): string {
  // Every escape is stepped over as a whole, so that an escaped backslash before "ud83d" starts none.
  return json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.startsWith("\\ud") ? "\ufffd" : escape,
  );
}
