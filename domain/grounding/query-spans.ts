/** Words of the longest span: longer values are whole sentences, which are not copied. */
const MAX_WORDS = 8;

/** Maximum spans of one text, because a larger grammar compiles slowly; the last ones are nearest to the request. */
const MAX_SPANS = 1200;

const OUTER_PUNCTUATION = /^[\s"'“”‘’«»()[\]{}<>.,;:!?]+|[\s"'“”‘’«»()[\]{}<>.,;:!?]+$/gu;

/**
 * Lists every run of one to eight words of a text, without outer punctuation and repeats, as possible
 * copied values. For very long texts, keeps the last spans.
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
