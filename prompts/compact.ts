import type { Message, Sample } from "../domain/samples/sample.js";
import {
  ANSWER_OPENING,
  TAG_CLOSE,
  TAG_OPEN,
  renderAnswer,
  renderQuery,
  renderSynthesis,
} from "./answer-text.js";
import { hashStyle } from "./hash-style.js";
import { renderSignature } from "./signature.js";
import type { PromptStyle } from "./types.js";

const ANSWER_INSTRUCTION =
  `Call tools with ${TAG_OPEN}[{"name": "tool", "arguments": {"key": "value"}}]${TAG_CLOSE}. ` +
  `If no tool fits: ${TAG_OPEN}[]${TAG_CLOSE}.\nTools:`;

const SYNTHESIS_INSTRUCTION =
  'Write a similar new request and its calls as JSON {"instruction", "input", "output"}.\nRequest: ';

const unhashedStyle: Omit<PromptStyle, "hash"> = {
  name: "compact",
  answerOpening: ANSWER_OPENING,
  nameClosing: '"',
  answerMessages(sample, options) {
    const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
      { role: "user", content: renderQuery(pair) },
      { role: "assistant", content: renderAnswer(pair.output) },
    ]);
    return [systemMessage(sample), ...examples, ...conversationOf(sample)];
  },
  renderAnswer,
  synthesisMessages(sample) {
    return [
      systemMessage(sample),
      { role: "user", content: `${SYNTHESIS_INSTRUCTION}${seedQuery(sample)}` },
    ];
  },
  renderSynthesis,
  pairSample(sample, pair) {
    const system = sample.messages.filter((message) => message.role === "system");
    return { ...sample, messages: [...system, { role: "user", content: renderQuery(pair) }] };
  },
};

/**
 * Short prompts: one line per tool, the query as the user wrote it. Answering and synthesis share
 * the system message, so an engine can reuse its keys and values for both.
 */
export const compactStyle: PromptStyle = { ...unhashedStyle, hash: hashStyle(unhashedStyle) };

/** Instruction and tools; a system text of the sample's own follows them. */
function systemMessage(sample: Sample): Message {
  const own = sample.messages.filter((message) => message.role === "system");
  const lines = [
    ANSWER_INSTRUCTION,
    ...sample.tools.map((tool) => renderSignature(tool)),
    ...own.map((message) => message.content),
  ];
  return { role: "system", content: lines.join("\n") };
}

function conversationOf(sample: Sample): Message[] {
  return sample.messages.filter((message) => message.role !== "system");
}

/** The query; of a longer conversation every turn, each on its own line with its role. */
function seedQuery(sample: Sample): string {
  const turns = conversationOf(sample);
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) {
    return only.content;
  }
  return turns.map((turn) => `${turn.role}: ${turn.content}`).join("\n");
}
