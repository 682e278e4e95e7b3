import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { DEFAULT_FORMAT } from "../domain/formats/answer-formats.js";
import { isReadable, parseAnswer } from "../domain/formats/parse-answer.js";
import type { Message } from "../domain/samples/sample.js";

/** A turn that is only calls in the default format, as importers write earlier turns. */
const STORED_CALLS = /^<tool_call>\[[^]*\]<\/tool_call>$/;

/** Rewrites the calls of an earlier assistant turn in the model's own format. */
export function writeHistory(message: Message, format: AnswerFormat): Message {
  if (format.name === DEFAULT_FORMAT || message.role !== "assistant") return message;
  if (!STORED_CALLS.test(message.content)) return message;
  const answer = parseAnswer(message.content);
  return isReadable(answer) ? { ...message, content: format.render(answer.calls) } : message;
}
