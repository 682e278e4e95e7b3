import { DEFAULT_FORMAT, getAnswerFormat } from "../domain/formats/answer-formats.js";
import type { ToolCall } from "../domain/samples/tool-call.js";

/** An earlier turn's calls as text, in the default answer format. */
export function renderCalls(calls: readonly ToolCall[]): string {
  return getAnswerFormat(DEFAULT_FORMAT).render(calls);
}
