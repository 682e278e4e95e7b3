import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { renderQuery, renderSynthesis } from "./answer-text.js";
import { hashStyle } from "./hash-style.js";
import type { PromptStyle } from "./types.js";

/** The parts specific to a style: its two prompts. */
type OwnPrompts = Pick<PromptStyle, "answerMessages" | "synthesisMessages">;

/** Completes a style with the parts that all styles share, and its hash. */
export function completeStyle(name: string, format: AnswerFormat, own: OwnPrompts): PromptStyle {
  const style: Omit<PromptStyle, "hash"> = {
    ...own,
    name,
    format,
    renderSynthesis,
    pairSample(sample, pair) {
      const system = sample.messages.filter((message) => message.role === "system");
      return { ...sample, messages: [...system, { role: "user", content: renderQuery(pair) }] };
    },
  };
  return { ...style, hash: hashStyle(style) };
}
