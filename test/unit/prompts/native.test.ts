import { expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../domain/formats/answer-formats.js";
import { getPromptStyle } from "../../../prompts/index.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "../../../prompts/probe-samples.js";

const [single, conversation] = PROBE_SAMPLES;
if (single === undefined || conversation === undefined) throw new Error("no probe samples");
const native = getPromptStyle("native", "hermes");

it("sends the conversation as it is, and the tools beside it in OpenAI's shape", () => {
  expect(native.answerPrompt(conversation)).toEqual({
    messages: conversation.messages,
    tools: conversation.tools.map((tool) => ({ type: "function", function: tool })),
  });
});

it("puts examples between the system message and the conversation", () => {
  const { messages } = native.answerPrompt(conversation, { examples: [PROBE_PAIR] });
  expect(messages.map(({ role }) => role)).toEqual([
    ...["system", "user", "assistant", "user", "assistant", "user"],
  ]);
  expect(messages[2]?.content).toBe(native.format.render(PROBE_PAIR.output));
});

it("other prompts show the tools in their messages alone", () => {
  for (const prompt of ["compact", "paper"]) {
    expect(getPromptStyle(prompt, "list").answerPrompt(single)).toEqual({
      messages: getPromptStyle(prompt, "list").answerMessages(single),
    });
  }
});

it("has a hash of its own for each format", () => {
  const hashes = ANSWER_FORMATS.map(({ name }) => getPromptStyle("native", name).hash);
  expect(new Set(hashes).size).toBe(ANSWER_FORMATS.length);
});
