import { createTagFinder } from "./find-tags.js";

const CLOSING = "</think>";

/** A text without its reasoning. */
export interface CutText {
  readonly text: string;
  /** Whether reasoning reaches to the end, so that no answer follows. */
  readonly isUnclosed: boolean;
}

/**
 * A model's text without its reasoning: without `<think>...</think>`, without everything before a
 * `</think>` that nothing opened (some chat templates open it in the prompt), and without everything
 * after a `<think>` that nothing closes. Such a tag inside a JSON string is text.
 */
export function cutReasoning(text: string): CutText {
  const nextTag = createTagFinder(text, /<\/?think>/g);
  let kept: string[] = [];
  let start = 0;
  let isUnclosed = false;
  for (let tag = nextTag(0); tag !== null; tag = nextTag(start)) {
    if (tag.name === CLOSING) {
      kept = [];
      start = tag.end;
      continue;
    }
    kept.push(text.slice(start, tag.start));
    // Reasoning is prose: what looks like JSON in it may be cut off anywhere.
    const closing = text.indexOf(CLOSING, tag.end);
    isUnclosed = closing === -1;
    start = closing === -1 ? text.length : closing + CLOSING.length;
  }
  return { text: [...kept, text.slice(start)].join(""), isUnclosed };
}
