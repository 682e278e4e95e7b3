import { createTagFinder } from "./find-tags.js";
import { skipGap } from "./skip-gap.js";

const OPENING = "<tool_call>";
const CLOSING = "</tool_call>";

/**
 * The contents of the last `<tool_call>` blocks with nothing but gaps between them (Qwen and Hermes write one block per
 * call); none if there is no block. An unclosed block reaches to the next one or to the end.
 */
export function findCallBlocks(text: string): string[] {
  const nextTag = createTagFinder(text, /<\/?tool_call>/g);
  let blocks: string[] = [];
  let opened: number | null = null;
  let closed = 0;
  for (let tag = nextTag(0); tag !== null; tag = nextTag(tag.end)) {
    const isOpening = tag.name === OPENING;
    if (opened !== null) blocks.push(text.slice(opened, tag.start));
    else if (isOpening && skipGap(text, closed) < tag.start) blocks = [];
    if (opened !== null || isOpening) closed = tag.end;
    opened = isOpening ? tag.end : null;
  }
  if (opened !== null) blocks.push(text.slice(opened));
  return blocks;
}

/** A block of this JSON. A tag inside one of its strings, which would end the block, is escaped. */
export function writeCallBlock(json: string): string {
  return OPENING + json.replace(/<(?=\/?tool_call>)/g, "\\u003c") + CLOSING;
}
