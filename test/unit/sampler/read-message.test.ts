import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { parseAnswer } from "../../../domain/formats/parse-answer.js";
import { ChatServer } from "../../../sampler/chat-server.js";
import { readMessage } from "../../../sampler/read-message.js";
import { startScriptedServer } from "./scripted-server.js";

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What a client makes of one message of a real server. */
async function receive(message: unknown): Promise<string> {
  const server = await startScriptedServer(() => ({
    body: { model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] },
  }));
  stops.push(server.stop);
  const chat = new ChatServer({ baseUrl: server.baseUrl, model: "m" });
  const call = { messages: [{ role: "user", content: "Hi." }], max_tokens: 8, seed: 1 } as const;
  try {
    return (await chat.chat(call)).texts[0]!;
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(server.baseUrl, "URL");
    throw error;
  }
}

const book = { type: "function", id: "1", function: { name: "book", arguments: '{"n": 2.0}' } };

describe("messages that are read", () => {
  test.each<[string, unknown, string]>([
    ["a text", { content: "a" }, "a"],
    ["null", { content: null }, ""],
    ["no content", { role: "assistant" }, ""],
    [
      "text parts",
      {
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      "ab",
    ],
    ["strings as parts", { content: ["a", "b"] }, "ab"],
    [
      "thoughts between texts",
      {
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "text", text: "a" },
          { type: "reasoning", text: "ah" },
        ],
      },
      "a",
    ],
    ["thoughts alone", { content: [{ type: "redacted_thinking", data: "x" }] }, ""],
    ["a refusal", { content: null, refusal: "I cannot." }, "I cannot."],
    ["a refusal as a part", { content: [{ type: "refusal", refusal: "No." }] }, "No."],
    ["empty tool_calls", { content: "a", tool_calls: [] }, "a"],
    [
      "calls in place of a text",
      { content: null, tool_calls: [book] },
      '<tool_call>[{"name": "book", "arguments": {"n": 2.0}}]</tool_call>',
    ],
    [
      "calls after a text",
      { content: "Now:", tool_calls: [book, { function: { name: "end" } }] },
      'Now:<tool_call>[{"name": "book", "arguments": {"n": 2.0}}, {"name": "end", "arguments": {}}]</tool_call>',
    ],
    [
      "arguments as an object",
      { content: "", tool_calls: [{ function: { name: "a", arguments: { b: 1 } } }] },
      '<tool_call>[{"name": "a", "arguments": {"b":1}}]</tool_call>',
    ],
    [
      "the older function_call",
      { content: null, function_call: { name: "a", arguments: "{}" } },
      '<tool_call>[{"name": "a", "arguments": {}}]</tool_call>',
    ],
  ])("%s", async (_, message, text) => {
    expect(await receive(message)).toBe(text);
  });

  test("the parser judges a model's arguments", async () => {
    const call = (given: string) => ({
      tool_calls: [{ function: { name: "a", arguments: given } }],
    });
    expect(parseAnswer(await receive(call("{b: 1}")))).toEqual({
      calls: [{ name: "a", arguments: { b: 1 } }],
      repaired: true,
    });
    expect(parseAnswer(await receive(call("[1]")))).toEqual({ reason: "arguments-not-object" });
    expect(parseAnswer(await receive(call("")))).toEqual({
      calls: [{ name: "a", arguments: {} }],
      repaired: false,
    });
  });

  test("any calls are restored unchanged", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("</tool_call>", "<tool_call>", "<tool_call>[]"),
    );
    const name = text.map((given) => `f${given}`.trim());
    const calls = fc.array(
      fc.record({ name, arguments: fc.dictionary(fc.string(), fc.oneof(text, fc.integer())) }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(calls, fc.boolean(), (made, asText) => {
        const tool_calls = made.map((each) => ({
          function: {
            ...each,
            arguments: asText ? JSON.stringify(each.arguments) : each.arguments,
          },
        }));
        const read = readMessage({ content: "Let me see.", tool_calls });
        if ("unreadable" in read) throw new Error(read.unreadable);
        expect(JSON.stringify(parseAnswer(read.text))).toBe(
          JSON.stringify({ calls: made, repaired: false }),
        );
      }),
    );
  });
});

test.each<[unknown, string]>([
  [{ content: 7 }, "content is neither text nor a list of parts"],
  [{ content: { text: "a" } }, "content is neither text nor a list of parts"],
  [{ content: [7] }, "a content part has no type"],
  [
    { content: [{ type: "image_url", image_url: {} }] },
    'content has a part of type "image_url" without text',
  ],
  [{ content: [{ type: "text" }] }, 'content has a part of type "text" without text'],
  [{ content: null, tool_calls: {} }, "tool_calls is not a list"],
  [
    { content: null, tool_calls: [{ type: "custom", custom: { name: "a" } }] },
    "a tool call has no function with a name",
  ],
])("%j is no answer", async (message, what) => {
  await expect(receive(message)).rejects.toMatchObject({
    code: "SAMPLER_ANSWER_INVALID",
    message: `A message from the server at URL cannot be read: ${what}.`,
    retryable: false,
  });
});
