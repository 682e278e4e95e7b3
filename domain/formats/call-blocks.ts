import type { JsonSpan } from "../json/scan.js";
import { findJson } from "../json/scan.js";

const OPENING = "<tool_call>";
const CLOSING = "</tool_call>";

/** What may stand between two blocks of one answer. */
const SEPARATOR = /^[\s,;]*$/;

/**
 * The contents of the last run of `<tool_call>` blocks, which only white space, commas or semicolons separate (Qwen and
 * Hermes write one block per call); null if there is no block. An unclosed block reaches to the end of the text. Tags
 * inside JSON strings are text.
 */
export function findCallBlocks(text: string): string[] | null {
  const tags = new TagFinder(text);
  let blocks: string[] | null = null;
  let end = 0;
  for (;;) {
    const start = tags.find(OPENING, end);
    if (start === null) return blocks;
    const begin = start + OPENING.length;
    const close = tags.find(CLOSING, begin) ?? text.length;
    const content = text.slice(begin, close);
    if (blocks !== null && SEPARATOR.test(text.slice(end, start))) blocks.push(content);
    else blocks = [content];
    end = Math.min(close + CLOSING.length, text.length);
  }
}

/** JSON that never closes is looked into at most so often; later tags inside JSON strings then count as tags. */
const MAX_UNCLOSED = 16;

/** Finds tags that are not inside a JSON value, from the front of a text to its end. */
class TagFinder {
  readonly #text: string;
  #unclosed = 0;
  /** The JSON value found last. */
  #json: JsonSpan | null = { start: -1, end: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  /** The first place of a tag at or after `from`. */
  find(tag: string, from: number): number | null {
    for (let at = from; ;) {
      const place = this.#text.indexOf(tag, at);
      if (place === -1) return null;
      const json = this.#nextJson(at);
      // JSON that never closes is broken: the tag ends it.
      if (json === null || json.start > place || json.end === null) return place;
      at = json.end;
    }
  }

  #nextJson(from: number): JsonSpan | null {
    if (this.#unclosed === MAX_UNCLOSED) return null;
    if (this.#json !== null && this.#json.start < from) {
      this.#json = findJson(this.#text, from);
      if (this.#json !== null && this.#json.end === null) this.#unclosed += 1;
    }
    return this.#json;
  }
}

/** A block of this JSON. A tag inside one of its strings, which would end the block, is escaped. */
export function writeCallBlock(json: string): string {
  return OPENING + json.replace(/<(?=\/?tool_call>)/g, "\\u003c") + CLOSING;
}
