/**
 * Truncates a text to at most `length` UTF-16 units. A character outside the basic plane (an emoji)
 * takes two units and is dropped if only the first fits, because a lone surrogate is not valid text for
 * a tokenizer, a database or UTF-8.
 */
export function cutText(text: string, length: number): string {
  const start = text.slice(0, length);
  const isSplit = start.length < text.length && /[\uD800-\uDBFF]$/.test(start);
  return isSplit && /^[\uDC00-\uDFFF]/.test(text.slice(length)) ? start.slice(0, -1) : start;
}

/** Truncates a text to at most `length` UTF-16 units, including `mark` at the end if it was longer. */
export function shortenText(text: string, length: number, mark = "..."): string {
  return text.length <= length ? text : cutText(text, Math.max(0, length - mark.length)) + mark;
}

/** Whether a text contains a lone surrogate, which UTF-8 cannot represent. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
