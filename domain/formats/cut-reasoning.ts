import { createTagFinder } from "./find-tags.js";

const CLOSING = "</think>";

/**
 * A model's text without its reasoning: without `<think>...</think>`, without everything before a
 * `</think>` that nothing opened (some chat templates open it in the prompt), and without everything
 * after a `<think>` that nothing closes. Such a tag inside a JSON string is text.
 */
export function cutReasoning(text: string): string {
  const nextTag = createTagFinder(text, /<\/?think>/g);
  let kept: string[] = [];
  let start = 0;
  for (let tag = nextTag(0); tag !== null; tag = nextTag(start)) {
    if (tag.name === CLOSING) {
      kept = [];
      start = tag.end;
      continue;
    }
    kept.push(text.slice(start, tag.start));
    // Reasoning is prose: what looks like JSON in it may be cut off anywhere.
    const closing = text.indexOf(CLOSING, tag.end);
    start = closing === -1 ? text.length : closing + CLOSING.length;
  }
  return [...kept, text.slice(start)].join("");
}
