import type { Message } from "../domain/samples/sample.js";
import type { Refuse } from "./dataset-errors.js";
import { renderCalls } from "./history.js";
import type { Turn } from "./openai-turns.js";
import { orderToolResults } from "./tool-results.js";

/**
 * A conversation as models read it: calls become text in the default answer format, and their results follow in the
 * order of the calls. Throws the error from `refuse` for a result that no call asked for.
 */
export function writeTurns(turns: readonly Turn[], refuse: Refuse): Message[] {
  return orderToolResults(turns, refuse).map(toMessage);
}

function toMessage({ role, text, calls }: Turn): Message {
  if (calls.length === 0) return { role, content: text };
  return { role, content: [text, renderCalls(calls)].filter(Boolean).join("\n") };
}
