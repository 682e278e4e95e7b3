import { renderJson } from "../domain/json/text.js";
import type { ToolCall } from "../domain/samples/tool-call.js";

/** An earlier turn's calls as text, in the notation in which answers are given. */
export function renderCalls(calls: readonly ToolCall[]): string {
  const list = calls.map((call) => ({ name: call.name, arguments: call.arguments }));
  return `<tool_call>${renderJson(list)}</tool_call>`;
}
