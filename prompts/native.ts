import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { toChatTools } from "../domain/samples/chat-tool.js";
import type { Message } from "../domain/samples/sample.js";
import { completeStyle } from "./complete-style.js";
import { createPaperStyle } from "./paper.js";
import type { PromptStyle } from "./types.js";
import { writeHistory } from "./write-history.js";

/**
 * The model's own prompt: the conversation as it is, and the tools as a field that the model's chat template renders.
 * Synthesis asks for another kind of text, so it keeps the paper's prompt, and what a pair's query is.
 */
export function createNativeStyle(format: AnswerFormat): PromptStyle {
  const paper = createPaperStyle(format);
  return completeStyle("native", format, {
    queryOf: paper.queryOf,
    answerMessages(sample, options) {
      const isSystem = ({ role }: Message): boolean => role === "system";
      const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
        { role: "user", content: paper.queryOf(pair) },
        { role: "assistant", content: format.render(pair.output) },
      ]);
      return [
        ...sample.messages.filter(isSystem),
        ...examples,
        ...sample.messages
          .filter((message) => !isSystem(message))
          .map((message) => writeHistory(message, format)),
      ];
    },
    synthesisMessages: (sample) => paper.synthesisMessages(sample),
    chatTools: ({ tools }) => toChatTools(tools),
  });
}
