/** A `<tool_call>` block of this JSON. A tag inside one of its strings, which would end the block, is escaped. */
export function writeCallBlock(json: string): string {
  return `<tool_call>${json.replace(/<(?=\/?tool_call>)/g, "\\u003c")}</tool_call>`;
}
