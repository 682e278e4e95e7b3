import type { Message, Sample } from "../domain/samples/sample.js";
import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { joinQuery, periodAfter } from "./answer-text.js";
import { completeStyle } from "./complete-style.js";
import { writeHistory } from "./write-history.js";
import { renderSignature } from "./signature.js";
import type { PromptStyle } from "./types.js";

const SYNTHESIS_INSTRUCTION =
  'Write a similar new request and its calls as JSON {"instruction", "input", "output"}.\nRequest: ';

/**
 * Short prompts: one line per tool, the query as the user wrote it. Answering and synthesis share
 * the system message, so the engine can reuse its KV cache for both.
 */
export function createCompactStyle(format: AnswerFormat): PromptStyle {
  const system = (sample: Sample): Message => systemMessage(sample, format);
  return completeStyle("compact", format, {
    queryOf: joinQuery,
    answerMessages(sample, options) {
      const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
        { role: "user", content: joinQuery(pair) },
        { role: "assistant", content: format.render(pair.output) },
      ]);
      return [system(sample), ...examples, ...conversationOf(sample, format)];
    },
    synthesisMessages(sample) {
      return [
        system(sample),
        { role: "user", content: `${SYNTHESIS_INSTRUCTION}${seedQuery(sample, format)}` },
      ];
    },
  });
}

/** Instruction and tools, followed by the sample's own system text. */
function systemMessage(sample: Sample, format: AnswerFormat): Message {
  const own = sample.messages.filter((message) => message.role === "system");
  const example = format.render([{ name: "tool", arguments: { key: "value" } }]);
  const lines = [
    `Call tools with ${example}. If no tool fits: ${format.render([])}${periodAfter(format.render([]))}\nTools:`,
    ...sample.tools.map((tool) => renderSignature(tool)),
    ...own.map((message) => message.content),
  ];
  return { role: "system", content: lines.join("\n") };
}

function conversationOf(sample: Sample, format: AnswerFormat): Message[] {
  return sample.messages
    .filter((message) => message.role !== "system")
    .map((message) => writeHistory(message, format));
}

/** The query, or for a longer conversation, each turn on its own line with its role. */
function seedQuery(sample: Sample, format: AnswerFormat): string {
  const turns = conversationOf(sample, format);
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) {
    return only.content;
  }
  return turns.map((turn) => `${turn.role}: ${turn.content}`).join("\n");
}
