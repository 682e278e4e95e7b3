import { describe, expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../../domain/formats/answer-formats.js";
import type { ServedAnswerOptions } from "../../../../domain/served/served-answer.js";
import { toServedAnswer } from "../../../../domain/served/served-answer.js";

const CALLS = [
  { name: "get_weather", arguments: { city: "Oslo", days: 2 } },
  { name: "get_time", arguments: {} },
];

function serve(text: string, options: Partial<ServedAnswerOptions> = {}, completionTokens = 5) {
  const answer = { from: "base" as const, texts: [text], promptTokens: 7, completionTokens };
  return toServedAnswer(answer, {
    ...{ from: "base", uncertain: false, maxTokens: 32, oneCall: false },
    ...options,
  });
}

describe("an answer that is served", () => {
  it.each(ANSWER_FORMATS)("has the calls of format $name as JSON text", (format) => {
    expect(serve(format.render(CALLS), { from: "adapted", uncertain: true })).toEqual({
      from: "adapted",
      uncertain: true,
      content: null,
      calls: [
        { name: "get_weather", arguments: '{"city":"Oslo","days":2}' },
        { name: "get_time", arguments: "{}" },
      ],
      finishReason: "tool_calls",
      promptTokens: 7,
      completionTokens: 5,
    });
  });

  it.each(ANSWER_FORMATS)("has empty words or a sentence for no call in format $name", (format) => {
    const { calls, content, finishReason } = serve(format.render([]));
    expect(calls).toEqual([]);
    expect(finishReason).toBe("stop");
    expect(content).toMatch(/^(None of the functions fits\.)?$/);
  });

  it("keeps only the first call if the client takes no more", () => {
    const { calls } = serve(ANSWER_FORMATS[0]!.render(CALLS), { oneCall: true });
    expect(calls.map(({ name }) => name)).toEqual(["get_weather"]);
  });

  it("passes words on without the model's reasoning", () => {
    expect(serve("<think>Is it cold?</think> Which city? ")).toMatchObject({
      content: "Which city?",
      calls: [],
      finishReason: "stop",
    });
  });

  it("makes no call of an answer that was cut off inside one", () => {
    expect(serve('<tool_call>[{"name": "get_w', {}, 32)).toMatchObject({
      calls: [],
      finishReason: "length",
    });
  });

  it("keeps the digits of a number that a double cannot hold", () => {
    const text =
      '<tool_call>[{"name": "find", "arguments": {"id": 12345678901234567890}}]</tool_call>';
    expect(serve(text).calls).toEqual([{ name: "find", arguments: '{"id":12345678901234567890}' }]);
  });
});
