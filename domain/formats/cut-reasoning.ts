import { findJson } from "../json/scan.js";

const OPENING = "<think>";
const CLOSING = "</think>";

/** JSON that never closes is looked into at most so often: it may be the answer, or only a bracket of prose. */
const MAX_UNCLOSED = 4;

/**
 * An answer without its reasoning: what stands between `<think>` and `</think>` (docs/method.md, section 7.1). Without an
 * opening tag, which chat templates put into the prompt, the reasoning begins with the text; without a closing one it
 * reaches to the end. Tags inside JSON strings are text.
 */
export function cutReasoning(text: string): string {
  if (!text.includes(OPENING) && !text.includes(CLOSING)) return text;
  let kept = "";
  let unclosed = 0;
  let opening = -1;
  let closing = -1;
  for (let at = 0; at < text.length;) {
    if (opening < at) opening = indexOrEnd(text, OPENING, at);
    if (closing < at) closing = indexOrEnd(text, CLOSING, at);
    const next = Math.min(opening, closing);
    if (next === text.length) return kept + text.slice(at);
    const json = unclosed < MAX_UNCLOSED ? findJson(text, at) : null;
    if (json !== null && json.start < next) {
      if (json.end === null) unclosed += 1;
      const end = json.end ?? json.start + 1;
      kept += text.slice(at, end);
      at = end;
    } else if (next === closing) {
      kept = "";
      at = closing + CLOSING.length;
    } else {
      kept += text.slice(at, opening);
      at = indexOrEnd(text, CLOSING, opening) + CLOSING.length;
    }
  }
  return kept;
}

function indexOrEnd(text: string, tag: string, from: number): number {
  const index = text.indexOf(tag, from);
  return index === -1 ? text.length : index;
}
