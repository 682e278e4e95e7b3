import { describe, expect, it } from "vitest";
import { answer, good, importRecord, now, readOne, user } from "./openai-records.js";

const legacyAnswer = {
  role: "assistant",
  content: null,
  function_call: { name: "now", arguments: '{"city": "Rome"}' },
};
const call = { name: "now", arguments: { city: "Rome" } };
const callText = '<tool_call>[{"name": "now", "arguments": {"city": "Rome"}}]</tool_call>';

const refusal = async (record: unknown): Promise<string> => {
  const { path, result } = importRecord(record);
  const error: unknown = await result.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "DATA_LINE_INVALID" });
  return (error as Error).message.replace(`${path}, `, "");
};

describe("OpenAI's older form", () => {
  it("is read like the newer one: functions, function_call, role function", async () => {
    const older = {
      messages: [
        user,
        legacyAnswer,
        { role: "function", name: "now", content: "12:00" },
        user,
        legacyAnswer,
      ],
      functions: [now.function],
    };
    const newer = {
      messages: [user, answer, { role: "tool", tool_call_id: "1", content: "12:00" }, user, answer],
      tools: [now],
    };
    const read = await readOne(older);
    expect(read).toEqual(await readOne(newer));
    expect(read.messages[1]).toEqual({ role: "assistant", content: callText });
    expect(read.gold).toEqual({ calls: [call] });
  });

  it("may accompany the newer one: a call in both forms counts once", async () => {
    const both = { ...answer, function_call: legacyAnswer.function_call };
    const then = { name: "then", parameters: { type: "object", properties: {} } };
    const record = { messages: [user, both], tools: [now], functions: [now.function, then] };
    const { gold, tools } = await readOne(record);
    expect(gold).toEqual({ calls: [call] });
    expect(tools.map(({ name }) => name)).toEqual(["now", "then"]);
    const other = { ...answer, function_call: { name: "then", arguments: "" } };
    expect((await readOne({ ...record, messages: [user, other] })).gold).toEqual({
      calls: [call, { name: "then", arguments: {} }],
    });
  });
});

describe("calls and tools without a wrapper, or as text", () => {
  it("are read", async () => {
    const bare = { ...answer, tool_calls: [{ name: "now", arguments: { city: "Rome" } }] };
    const expected = await readOne(good);
    expect(await readOne({ messages: [user, bare], tools: [now.function] })).toEqual(expected);
    const asText = {
      messages: JSON.stringify(good.messages),
      tools: JSON.stringify([
        { ...now.function, parameters: JSON.stringify(now.function.parameters) },
      ]),
    };
    expect(await readOne(asText)).toEqual(expected);
  });
});

describe("Anthropic's form", () => {
  const anthropic = {
    system: [{ type: "text", text: "Be brief." }],
    messages: [
      { role: "user", content: [{ type: "text", text: "Time in Rome and Oslo?" }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Two calls.", signature: "x" },
          { type: "text", text: "I look." },
          { type: "tool_use", id: "a", name: "now", input: { city: "Rome", zone: null } },
          { type: "tool_use", id: "b", name: "now", input: { city: "Oslo" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "13:00" }] },
          { type: "tool_result", tool_use_id: "a", content: "12:00" },
          { type: "text", text: "And now?" },
        ],
      },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "c", name: "now", input: { city: "Rome" } }],
      },
    ],
    tools: [
      {
        name: "now",
        description: "Current time",
        input_schema: { type: "object", properties: { city: { type: "string" } } },
      },
    ],
  };

  it("is read: system text, calls, results in the order of the calls, schemas", async () => {
    expect(await readOne(anthropic)).toEqual({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Time in Rome and Oslo?" },
        {
          role: "assistant",
          content:
            'I look.\n<tool_call>[{"name": "now", "arguments": {"city": "Rome"}}, {"name": "now", "arguments": {"city": "Oslo"}}]</tool_call>',
        },
        { role: "tool", content: "12:00" },
        { role: "tool", content: "13:00" },
        { role: "user", content: "And now?" },
      ],
      tools: [
        {
          name: "now",
          description: "Current time",
          parameters: { type: "object", properties: { city: { type: "string" } } },
        },
      ],
      gold: { calls: [call] },
    });
  });

  it("leaves OpenAI's records without their other fields", async () => {
    expect(await readOne({ ...good, system: "Be brief." })).toEqual(await readOne(good));
  });

  it("is refused if a call has no name or no input object", async () => {
    const broken = [user, { role: "assistant", content: [{ type: "tool_use", input: 3 }] }];
    expect(await refusal({ ...good, messages: broken })).toBe(
      'line 1: field "messages.1.content": a tool_use part needs a "name" and an "input" object',
    );
  });
});

describe("members that are null, as Hugging Face's datasets fill them in", () => {
  it("count as absent", async () => {
    const filled = {
      messages: [
        { ...user, tool_calls: null, function_call: null, name: null, tool_call_id: null },
        {
          role: "assistant",
          content: null,
          function_call: null,
          audio: null,
          tool_calls: [
            {
              id: null,
              type: null,
              name: null,
              function: {
                name: "now",
                arguments: { city: "Rome", zone: null, at: null },
              },
            },
          ],
        },
      ],
      tools: [{ type: null, function: { ...now.function, input_schema: null } }],
      functions: null,
      accepted: null,
      system: null,
    };
    expect(await readOne(filled)).toEqual(await readOne(good));
  });

  it("leave a tool without a description, without parameters and a call without arguments", async () => {
    for (const none of [null, "", "null", "{}", {}, undefined]) {
      const { tools, gold } = await readOne({
        messages: [
          user,
          { ...answer, tool_calls: [{ function: { name: "now", arguments: none } }] },
        ],
        tools: [{ function: { name: "now", description: null, parameters: none } }],
      });
      expect(tools).toEqual([
        { name: "now", description: "", parameters: { type: "object", properties: {} } },
      ]);
      expect(gold).toEqual({ calls: [{ name: "now", arguments: {} }] });
    }
  });

  it("are dropped inside arguments that are an object, and kept in arguments that are text", async () => {
    const goldOf = async (given: unknown) => {
      const tool_calls = [{ function: { name: "now", arguments: given } }];
      return (await readOne({ ...good, messages: [user, { ...answer, tool_calls }] })).gold;
    };
    const place = { place: { city: "Rome", zip: null }, list: [{ a: null, b: 1 }, null] };
    expect(await goldOf(place)).toEqual({
      calls: [{ name: "now", arguments: { place: { city: "Rome" }, list: [{ b: 1 }, null] } }],
    });
    expect(await goldOf(JSON.stringify(place))).toEqual({
      calls: [{ name: "now", arguments: place }],
    });
  });
});

describe("content", () => {
  it.each<[string, unknown, string]>([
    [
      "parts",
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      "ab",
    ],
    ["parts of the Responses API", [{ type: "input_text", text: "a" }], "a"],
    ["parts with filled-in nulls", [{ type: "text", text: "a", image_url: null }], "a"],
    ["plain texts", ["a", "b"], "ab"],
    ["a part without text", [{ type: "text", text: null }], ""],
    ["no parts", [], ""],
    ["null", null, ""],
  ])("that is %s is joined", async (_, content, text) => {
    const { messages } = await readOne({ ...good, messages: [{ role: "user", content }, answer] });
    expect(messages).toEqual([{ role: "user", content: text }]);
  });

  it.each<[string, unknown, string]>([
    [
      "an image",
      [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "x" } },
      ],
      'field "messages.0.content.1": image content is not supported',
    ],
    [
      "Anthropic's image",
      [{ type: "image", source: {} }],
      'field "messages.0.content.0": image content is not supported',
    ],
    [
      "audio",
      [{ type: "input_audio", input_audio: {} }],
      'field "messages.0.content.0": audio content is not supported',
    ],
    [
      "a file",
      [{ type: "file", file: {} }],
      'field "messages.0.content.0": file content is not supported',
    ],
    [
      "a document in a result",
      [{ type: "tool_result", content: [{ type: "document" }] }],
      'field "messages.0.content.0.content.0": document content is not supported',
    ],
    [
      "something else",
      [{ type: "poem" }],
      'field "messages.0.content.0": content of type "poem" is not supported',
    ],
    [
      "a type from an object's prototype",
      [{ type: "constructor" }],
      'field "messages.0.content.0": content of type "constructor" is not supported',
    ],
    ["a number", 7, 'field "messages.0.content": expected text, a list of parts or null'],
    [
      "a list of numbers",
      [7],
      'field "messages.0.content.0": expected a part such as {"type": "text", "text": "..."}',
    ],
    [
      "a text that is none",
      [{ type: "text", text: 7 }],
      'field "messages.0.content.0.text": expected text',
    ],
  ])("that is %s is refused by name", async (_, content, problem) => {
    const record = { ...good, messages: [{ role: "user", content }, answer] };
    expect(await refusal(record)).toBe(`line 1: ${problem}`);
  });

  it("that is an answer in audio is refused by name", async () => {
    const spoken = { role: "assistant", content: null, audio: { id: "a" } };
    expect(await refusal({ ...good, messages: [user, spoken] })).toBe(
      'line 1: field "messages.1.audio": audio content is not supported',
    );
  });
});

describe("roles", () => {
  it("developer is system", async () => {
    const { messages } = await readOne({
      ...good,
      messages: [{ role: "developer", content: "Be brief." }, user, answer],
    });
    expect(messages[0]).toEqual({ role: "system", content: "Be brief." });
  });

  it("only an assistant makes calls", async () => {
    expect(await refusal({ ...good, messages: [{ ...answer, role: "user" }, answer] })).toBe(
      'line 1: field "messages.0": only an assistant can make calls',
    );
  });
});

describe("a record in another format", () => {
  it.each([
    [{ conversations: [], tools: [] }, "ShareGPT's"],
    [{ id: "1", question: [], function: [] }, "BFCL's (format: bfcl)"],
    [
      { query: "x", tools: "[]", answers: "[]", messages: null },
      "xLAM's (format: xlam) or Hammer's",
    ],
    [{ input: "x", target: "[]" }, "Inspect's (format: inspect-json)"],
    [{ contents: [] }, "Gemini's"],
  ])("%o is refused by its name", async (record, name) => {
    expect(await refusal(record)).toBe(
      `line 1: the record is in ${name} format, not OpenAI's: it has no "messages"`,
    );
  });
});

describe("a right answer that is text", () => {
  it("is warned about if it looks like a call", async () => {
    const warningsOf = async (content: string) => {
      const record = { ...good, messages: [user, { role: "assistant", content }] };
      const file = await importRecord(record).result;
      expect(file.records[0]?.gold).toEqual({ calls: [] });
      return (file.rowWarnings ?? []).filter(({ rows }) => rows.length > 0);
    };
    expect(await warningsOf("I cannot tell.")).toEqual([]);
    expect(await warningsOf(callText)).toEqual([
      {
        text: 'the right answer is text that looks like a call and counts as no call: calls go into "tool_calls"',
        rows: [0],
      },
    ]);
  });
});
