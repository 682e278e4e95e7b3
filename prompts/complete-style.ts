import type { AnswerFormat } from "../domain/formats/answer-format.js";
import type { ChatTool } from "../domain/samples/chat-tool.js";
import type { Sample } from "../domain/samples/sample.js";
import { renderSynthesis } from "./answer-text.js";
import { hashPairs, hashStyle } from "./hash-style.js";
import type { PromptStyle } from "./types.js";

/** The parts specific to a style: its two prompts, and what a pair's query is. */
type OwnPrompts = Pick<PromptStyle, "answerMessages" | "synthesisMessages" | "queryOf"> & {
  /** The tools that the model's chat template shows, if it does. */
  readonly chatTools?: (sample: Sample) => readonly ChatTool[];
};

/** What pairs were asked for when answers were first stored, if that has changed since. */
interface FirstSynthesis {
  readonly firstSynthesisMessages?: PromptStyle["synthesisMessages"];
}

/** Completes a style with the parts that all styles share, and its hashes. */
export function completeStyle(
  name: string,
  format: AnswerFormat,
  { firstSynthesisMessages, chatTools, ...own }: OwnPrompts & FirstSynthesis,
): PromptStyle {
  const style: Omit<PromptStyle, "hash" | "pairsHash"> = {
    ...own,
    answerPrompt: (sample, options) => ({
      messages: own.answerMessages(sample, options),
      ...(chatTools === undefined ? {} : { tools: chatTools(sample) }),
    }),
    name,
    format,
    renderSynthesis,
    pairSample(sample, pair) {
      const system = sample.messages.filter((message) => message.role === "system");
      return { ...sample, messages: [...system, { role: "user", content: own.queryOf(pair) }] };
    },
  };
  if (firstSynthesisMessages === undefined) return { ...style, hash: hashStyle(style) };
  const first = { ...style, synthesisMessages: firstSynthesisMessages };
  return { ...style, hash: hashStyle(first), pairsHash: hashPairs(style) };
}
