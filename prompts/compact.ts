import { createHash } from "node:crypto";
import type { JsonObject } from "../domain/json.js";
import type { Message, Sample } from "../domain/sample.js";
import type { ToolCall } from "../domain/tool-call.js";
import type { SyntheticPair } from "../domain/trace.js";
import { renderJson } from "./json-text.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "./probe-samples.js";
import { renderSignature } from "./signature.js";
import type { PromptStyle } from "./types.js";

const TAG_OPEN = "<tool_call>";
const TAG_CLOSE = "</tool_call>";
const ANSWER_OPENING = `${TAG_OPEN}[{"name": "`;

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
  renderSynthesis(pair) {
    return renderJson({
      instruction: pair.instruction,
      input: pair.input,
      output: pair.output.map(callToJson),
    });
  },
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

/** Hashes what a style makes of fixed samples: any change of wording changes the hash. */
function hashStyle(style: Omit<PromptStyle, "hash">): string {
  const rendered = PROBE_SAMPLES.map((sample) => ({
    answer: style.answerMessages(sample),
    answerWithExample: style.answerMessages(sample, { examples: [PROBE_PAIR] }),
    synthesis: style.synthesisMessages(sample),
    pair: style.pairSample(sample, PROBE_PAIR).messages,
  }));
  const text = JSON.stringify([
    style.name,
    style.answerOpening,
    style.nameClosing,
    rendered,
    style.renderAnswer([]),
    style.renderAnswer(PROBE_PAIR.output),
    style.renderSynthesis(PROBE_PAIR),
  ]);
  return createHash("sha256").update(text).digest("hex");
}

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

function renderQuery(pair: SyntheticPair): string {
  return pair.input === "" ? pair.instruction : `${pair.instruction}\n${pair.input}`;
}

function renderAnswer(calls: readonly ToolCall[]): string {
  return `${TAG_OPEN}${renderJson(calls.map(callToJson))}${TAG_CLOSE}`;
}

function callToJson(call: ToolCall): JsonObject {
  return { name: call.name, arguments: call.arguments };
}
