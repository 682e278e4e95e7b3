import type { ChatAnswer } from "./chat.js";
import { samplerAnswerInvalid, samplerMessageUnreadable } from "./errors.js";
import { isRecord } from "./http.js";
import { readMessage } from "./read-message.js";
import { costOf } from "./prices.js";

/**
 * Reads the body of a chat completion: 1 to `most` choices in index order. Throws
 * SAMPLER_ANSWER_INVALID for anything else, also for a message that cannot be read. A choice
 * without text (only reasoning) becomes the empty text.
 */
export function readChatAnswer(baseUrl: string, body: unknown, most: number): ChatAnswer {
  const choices = isRecord(body) ? body["choices"] : undefined;
  if (!isRecord(body) || !Array.isArray(choices) || choices.length === 0) {
    throw samplerAnswerInvalid(baseUrl, "there are no choices.");
  }
  const read = choices.slice(0, most).map((choice: unknown, place) => {
    const message = isRecord(choice) ? choice["message"] : undefined;
    if (!isRecord(choice) || !isRecord(message)) {
      throw samplerAnswerInvalid(baseUrl, "a choice has no message.");
    }
    const said = readMessage(message);
    if ("unreadable" in said) throw samplerMessageUnreadable(baseUrl, said.unreadable);
    const { index, finish_reason: reason } = choice;
    return {
      index: typeof index === "number" ? index : place,
      text: said.text,
      reason: typeof reason === "string" ? reason : "stop",
    };
  });
  read.sort((left, right) => left.index - right.index);
  const model = typeof body["model"] === "string" ? body["model"] : "";
  return {
    texts: read.map(({ text }) => text),
    finishReasons: read.map(({ reason }) => reason),
    usage: readUsage(model, body["usage"]),
    model,
  };
}

function readUsage(model: string, usage: unknown): ChatAnswer["usage"] {
  const count = (from: unknown, name: string): number => {
    const value = isRecord(from) ? from[name] : undefined;
    return typeof value === "number" && Number.isFinite(value) ? value : 0;
  };
  const promptTokens = count(usage, "prompt_tokens");
  const completionTokens = count(usage, "completion_tokens");
  const details = isRecord(usage) ? usage["prompt_tokens_details"] : undefined;
  const cost = costOf(model, promptTokens, completionTokens, count(details, "cached_tokens"));
  return { promptTokens, completionTokens, ...(cost === undefined ? {} : { costUsd: cost }) };
}
