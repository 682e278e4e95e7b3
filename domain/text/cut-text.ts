/**
 * The start of a text, `length` UTF-16 units long at most. A character outside the basic plane (an
 * emoji) takes two units: it is left out if only its first half fits, because half a character is
 * no valid text for a tokenizer, a database or UTF-8.
 */
export function cutText(text: string, length: number): string {
  const start = text.slice(0, length);
  const isSplit = start.length < text.length && /[\uD800-\uDBFF]$/.test(start);
  return isSplit && /^[\uDC00-\uDFFF]/.test(text.slice(length)) ? start.slice(0, -1) : start;
}

/** The text, or its start and `mark` if it is longer than `length` UTF-16 units; never longer than that. */
export function shortenText(text: string, length: number, mark = "..."): string {
  return text.length <= length ? text : cutText(text, Math.max(0, length - mark.length)) + mark;
}

/** Whether a text holds half of a character (a lone surrogate), which UTF-8 cannot carry. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
