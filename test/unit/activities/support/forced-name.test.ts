import { describe, expect, it } from "vitest";
import { forceName } from "../../../../activities/support/forced-name.js";
import { getAnswerFormat } from "../../../../domain/formats/answer-formats.js";

const MESSAGES = [{ role: "user", content: "Weather in Oslo?" }] as const;

describe("forceName", () => {
  it.each([
    ["tags", '<tool_call>[{"name": "get_weather', '"\\""'],
    ["list", '[{"name": "get_weather', '"\\""'],
    ["hermes", '<tool_call>\n{"name": "get_weather', '"\\""'],
    ["pythonic", "[get_weather", '"("'],
  ])("leaves the token that closes a name of %s to the model", (format, prefill, closing) => {
    const forced = forceName(
      getAnswerFormat(format),
      { messages: MESSAGES },
      "get_weather",
      "mass",
    );
    expect(forced).toEqual({
      prefill,
      request: {
        messages: [...MESSAGES, { role: "assistant", content: prefill }],
        continue_final_message: true,
        response_format: {
          type: "structural_tag",
          format: {
            type: "grammar",
            grammar: `root ::= ${closing} [\\u0000-\\U0010FFFF]*`,
          },
        },
      },
    });
  });

  it("prefills the closing character if names are closed by a token", () => {
    const forced = forceName(
      getAnswerFormat("tags"),
      { messages: MESSAGES },
      "get_weather",
      "token",
    );
    const prefill = '<tool_call>[{"name": "get_weather"';
    expect(forced).toEqual({
      prefill,
      request: {
        messages: [...MESSAGES, { role: "assistant", content: prefill }],
        continue_final_message: true,
      },
    });
  });
});
