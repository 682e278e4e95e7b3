import { describe, expect, it } from "vitest";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { readChatRequest } from "../../../serving/chat-request.js";

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Says how the weather is.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const BODY = {
  model: "small",
  messages: [{ role: "user", content: "How is the weather in Oslo?" }],
  tools: [WEATHER],
};

function read(changes: object = {}) {
  return readChatRequest(JSON.stringify({ ...BODY, ...changes }));
}

function refusal(changes: object | string): { message: string; param: unknown } {
  try {
    readChatRequest(
      typeof changes === "string" ? changes : JSON.stringify({ ...BODY, ...changes }),
    );
  } catch (error) {
    if (!(error instanceof WhetstoneError)) throw error;
    expect(error.code).toBe("SERVE_REQUEST_INVALID");
    return { message: error.message, param: error.details["param"] };
  }
  throw new Error("the request was accepted");
}

describe("a chat request", () => {
  it("has messages and tools as an importer reads them", () => {
    expect(read()).toEqual({
      model: "small",
      messages: BODY.messages,
      tools: [WEATHER.function],
      stream: false,
      streamsUsage: false,
      oneCall: false,
      mustCall: false,
      maxTokens: null,
      requestId: null,
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  it("has the calls of earlier turns as text, and results in the order of the calls", () => {
    const call = (id: string, city: string) => ({
      id,
      type: "function",
      function: { name: "get_weather", arguments: JSON.stringify({ city }) },
    });
    const { messages } = read({
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Oslo and Rome?" }] },
        { role: "assistant", content: null, tool_calls: [call("a", "Oslo"), call("b", "Rome")] },
        { role: "tool", tool_call_id: "b", content: "warm" },
        { role: "tool", tool_call_id: "a", content: "cold" },
      ],
    });
    expect(messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Oslo and Rome?" },
      {
        role: "assistant",
        content:
          '<tool_call>[{"name": "get_weather", "arguments": {"city": "Oslo"}}, {"name": "get_weather", "arguments": {"city": "Rome"}}]</tool_call>',
      },
      { role: "tool", content: "cold" },
      { role: "tool", content: "warm" },
    ]);
  });

  it("says how it wants to be answered", () => {
    const asked = read({
      ...{ stream: true, stream_options: { include_usage: true } },
      ...{ parallel_tool_calls: false, tool_choice: "required", max_completion_tokens: 20 },
      ...{ max_tokens: 30, metadata: { request_id: "r-1" }, temperature: 0.7, n: 1 },
    });
    expect(asked).toMatchObject({
      ...{ stream: true, streamsUsage: true, oneCall: true, mustCall: true },
      ...{ maxTokens: 20, requestId: "r-1" },
    });
  });

  it("is the same request whatever its delivery, and another with anything else changed", () => {
    const { bodyHash } = read();
    expect(read({ stream: true, metadata: { request_id: "r-2" } }).bodyHash).toBe(bodyHash);
    const reordered = `{"tools": ${JSON.stringify(BODY.tools)}, "messages": ${JSON.stringify(BODY.messages)}, "model": "small"}`;
    expect(readChatRequest(reordered).bodyHash).toBe(bodyHash);
    expect(read({ messages: [{ role: "user", content: "Rome?" }] }).bodyHash).not.toBe(bodyHash);
    expect(read({ parallel_tool_calls: false }).bodyHash).not.toBe(bodyHash);
  });

  it.each([
    ["no JSON", "{", "The request cannot be served: the body is not a JSON object.", undefined],
    ["a list", "[]", "The request cannot be served: the body is not a JSON object.", undefined],
    [
      "no tools",
      { tools: undefined },
      'The request cannot be served: field "tools": expected the tools that the model may call; requests without tools are not served.',
      "tools",
    ],
    [
      "an empty list of tools",
      { tools: [] },
      'The request cannot be served: field "tools": expected at least one tool; requests without tools are not served.',
      "tools",
    ],
    [
      "a tool twice",
      { tools: [WEATHER, WEATHER] },
      'The request cannot be served: two tools have the name "get_weather".',
      "tools",
    ],
    [
      "a named tool",
      { tool_choice: { type: "function", function: { name: "get_weather" } } },
      'The request cannot be served: field "tool_choice": only "auto" and "required" are supported.',
      "tool_choice",
    ],
    [
      "several answers",
      { n: 2 },
      'The request cannot be served: field "n": only one answer per request is supported.',
      "n",
    ],
    [
      "the model's own turn last",
      { messages: [...BODY.messages, { role: "assistant", content: "Cold" }] },
      "The request cannot be served: the last message must be a user's or a tool's.",
      "messages",
    ],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
      'The request cannot be served: field "messages.0.content.0": image content is not supported.',
      undefined,
    ],
    [
      "a result without its call",
      {
        messages: [
          ...BODY.messages,
          {
            role: "assistant",
            tool_calls: [{ id: "a", function: { name: "get_weather", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "b", content: "cold" },
        ],
      },
      'The request cannot be served: field "messages.2": it answers "b", but no call before it has this id.',
      undefined,
    ],
    [
      "half a character",
      { messages: [{ role: "user", content: "\ud83d" }] },
      'The request cannot be served: field "messages.0.content": holds a lone surrogate (\\ud83d), half of a character.',
      undefined,
    ],
  ])("is refused with %s", (_, changes, message, param) => {
    expect(refusal(changes)).toEqual({ message, param });
  });
});
