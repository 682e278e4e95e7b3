import type { Tool } from "./sample.js";

/** A tool in OpenAI's shape, as chat templates read it. */
export interface ChatTool {
  readonly type: "function";
  readonly function: Tool;
}

/** A sample's tools for the field `tools` of a chat request. */
export function toChatTools(tools: readonly Tool[]): ChatTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
}
