import { cutReasoning } from "../formats/cut-reasoning.js";
import { isReadable, parseAnswer } from "../formats/parse-answer.js";
import { stringifyExactly } from "../json/exact-number.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { AnswerTrace } from "../units/trace.js";

/**
 * Who answered a served request: the base model, the method's model, or the base model because the latency budget ran
 * out before the method had an answer.
 */
export type ServedFrom = "base" | "adapted" | "late";

/** A call of a served answer; `arguments` is JSON text, as in OpenAI's format. */
export interface ServedCall {
  readonly name: string;
  readonly arguments: string;
}

/** The answer to a served request, whatever the model's own format. */
export interface ServedAnswer {
  readonly from: ServedFrom;
  /** Whether H found the request uncertain; null if H did not score it. */
  readonly uncertain: boolean | null;
  /** The model's words; null if it made calls. */
  readonly content: string | null;
  readonly calls: readonly ServedCall[];
  readonly finishReason: "tool_calls" | "stop" | "length";
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What a served answer needs to know besides the model's text. */
export interface ServedAnswerOptions {
  readonly from: ServedFrom;
  readonly uncertain: boolean | null;
  /** Most tokens that the answer could have. */
  readonly maxTokens: number;
  /** Keeps only the first call. */
  readonly oneCall: boolean;
}

/**
 * Turns a model's answer into calls or words. An answer that says "no call" in its format has empty words; an answer
 * that cannot be read is passed on as words, without its reasoning. So is an answer that was cut off inside a call: a
 * half-written call must not be made.
 */
export function toServedAnswer(
  { texts, promptTokens, completionTokens }: AnswerTrace,
  { from, uncertain, maxTokens, oneCall }: ServedAnswerOptions,
): ServedAnswer {
  const text = texts[0] ?? "";
  const answer = parseAnswer(text);
  const isCut = completionTokens >= maxTokens;
  const isWhole = isReadable(answer) && !(isCut && answer.repaired);
  const all = isWhole ? answer.calls : [];
  const calls = (oneCall ? all.slice(0, 1) : all).map(toServedCall);
  const usage = { promptTokens, completionTokens };
  if (calls.length > 0) {
    return { from, uncertain, content: null, calls, finishReason: "tool_calls", ...usage };
  }
  const content = isWhole ? "" : cutReasoning(text).text.trim();
  return { from, uncertain, content, calls, finishReason: isCut ? "length" : "stop", ...usage };
}

function toServedCall({ name, arguments: given }: ToolCall): ServedCall {
  return { name, arguments: stringifyExactly(given) };
}
