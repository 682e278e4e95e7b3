/** Words of the longest span: longer values are whole sentences, which are answered as they are. */
const MAX_WORDS = 8;

/** Spans of one text at most: a grammar over more is slow to compile; the text's end is nearest to the request. */
const MAX_SPANS = 1200;

const OUTER_PUNCTUATION = /^[\s"'“”‘’«»()[\]{}<>.,;:!?]+|[\s"'“”‘’«»()[\]{}<>.,;:!?]+$/gu;

/**
 * Every run of one to eight words of a text, outer punctuation trimmed, without repeats: what a value
 * copied from the text can be. Of very long texts the last spans are kept.
 */
export function listSpans(text: string): string[] {
  const spans = new Set<string>();
  for (const line of text.split("\n")) {
    const words = [...line.matchAll(/\S+/gu)];
    words.forEach((first, start) => {
      words.slice(start, start + MAX_WORDS).forEach((last) => {
        const span = line.slice(first.index, last.index + last[0].length);
        const trimmed = span.replace(OUTER_PUNCTUATION, "");
        if (trimmed !== "") spans.add(trimmed);
      });
    });
  }
  return [...spans].slice(-MAX_SPANS);
}
