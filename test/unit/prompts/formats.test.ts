import { describe, expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../domain/formats/answer-formats.js";
import { isReadable, parseAnswer } from "../../../domain/formats/parse-answer.js";
import { getPromptStyle } from "../../../prompts/index.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "../../../prompts/probe-samples.js";

const formats = ANSWER_FORMATS.map(({ name }) => name);
const [single, conversation] = PROBE_SAMPLES;
if (single === undefined || conversation === undefined) throw new Error("no probe samples");

describe.each(["compact", "paper"])("prompt %s", (prompt) => {
  it("has a different hash for each format", () => {
    const hashes = formats.map((format) => getPromptStyle(prompt, format).hash);
    expect(new Set(hashes).size).toBe(formats.length);
  });

  it.each(formats)("explains and shows format %s", (format) => {
    const style = getPromptStyle(prompt, format);
    const messages = style.answerMessages(single, { examples: [PROBE_PAIR] });
    expect(messages[0]?.content).toContain(style.format.render([]));
    const example = messages.find(({ role }) => role === "assistant");
    expect(example?.content).toBe(style.format.render(PROBE_PAIR.output));
    if (format !== "tags" && format !== "hermes") {
      expect(JSON.stringify(messages)).not.toContain("<tool_call>");
    }
  });

  it.each(formats)("writes the calls of earlier turns in format %s", (format) => {
    const calls = [{ name: "ping", arguments: {} }];
    const sample = {
      ...conversation,
      messages: [
        ...conversation.messages.slice(0, 2),
        {
          role: "assistant" as const,
          content: '<tool_call>[{"name": "ping", "arguments": {}}]</tool_call>',
        },
        { role: "tool" as const, content: "pong" },
        { role: "user" as const, content: "Again." },
      ],
    };
    const style = getPromptStyle(prompt, format);
    const text = style
      .answerMessages(sample)
      .map(({ content }) => content)
      .join("\n");
    expect(text).toContain(style.format.render(calls));
    if (format !== "tags") expect(text).not.toContain("<tool_call>[");
    const written = parseAnswer(style.format.render(calls));
    expect(isReadable(written) && written.calls).toEqual(calls);
  });
});

it("the paper's prompt with a plain list", () => {
  const [system] = getPromptStyle("paper", "list").answerMessages(single);
  expect(system?.content.split("\n").slice(3, 8)).toEqual([
    "# Output format",
    "One JSON list of calls and nothing else:",
    '[{"name": "function_name", "arguments": {"argument": "value"}}]',
    "Several calls stand in the same list; no call is [].",
    "",
  ]);
});

it("the compact prompt ends its sentences once", () => {
  const [system] = getPromptStyle("compact", "hermes").answerMessages(single);
  expect(system?.content).toContain("If no tool fits: None of the functions fits.\nTools:");
});

it("refuses unknown names", () => {
  expect(() => getPromptStyle("short")).toThrow('Unknown prompt style "short".');
  expect(() => getPromptStyle("paper", "yaml")).toThrow('There is no answer format "yaml".');
});
