import { createTagFinder } from "./find-tags.js";

const CLOSING = "</think>";

/** A text without its reasoning. */
export interface CutText {
  readonly text: string;
  /** Whether reasoning extends to the end, so that no answer follows. */
  readonly isUnclosed: boolean;
}

/**
 * Removes a model's reasoning: `<think>...</think>`, everything before an unopened `</think>` (some chat
 * templates open it in the prompt), and everything after an unclosed `<think>`. Tags inside JSON strings
 * are text.
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
    // Reasoning is prose, so apparent JSON in it may break off anywhere.
    const closing = text.indexOf(CLOSING, tag.end);
    isUnclosed = closing === -1;
    start = closing === -1 ? text.length : closing + CLOSING.length;
  }
  return { text: [...kept, text.slice(start)].join(""), isUnclosed };
}
