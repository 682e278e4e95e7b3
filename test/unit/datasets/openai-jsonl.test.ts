import { describe, expect, it } from "vitest";
import { importOpenaiJsonl } from "../../../datasets/openai-jsonl.js";
import { answer, good, importRecord, importText, now, user } from "./openai-records.js";

describe("importOpenaiJsonl", () => {
  it("takes gold out of the conversation and normalises types", async () => {
    const { result } = importRecord(good);
    expect((await result).records).toEqual([
      {
        messages: [user],
        tools: [
          {
            name: "now",
            description: "Current time",
            parameters: {
              type: "object",
              properties: { city: { type: "string" } },
              required: ["city"],
            },
          },
        ],
        gold: { calls: [{ name: "now", arguments: { city: "Rome" } }] },
      },
    ]);
  });

  it("reads text without tool calls as no call", async () => {
    const { result } = importRecord({
      ...good,
      messages: [user, { role: "assistant", content: "I cannot tell." }],
    });
    expect((await result).records[0]?.gold).toEqual({ calls: [] });
  });

  it("turns earlier calls, their results and text parts into text", async () => {
    const { result } = importRecord({
      ...good,
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Time in " },
            { type: "text", text: "Rome?" },
          ],
        },
        { ...answer, content: "One moment." },
        { role: "tool", content: "12:00", tool_call_id: "1" },
        user,
        answer,
      ],
    });
    expect((await result).records[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Time in Rome?" },
      {
        role: "assistant",
        content:
          'One moment.\n<tool_call>[{"name": "now", "arguments": {"city": "Rome"}}]</tool_call>',
      },
      { role: "tool", content: "12:00" },
      user,
    ]);
  });

  it("skips blank lines and a byte-order mark, and counts lines for its messages", async () => {
    const { path, result } = importText(`\uFEFF${JSON.stringify(good)}\r\n\n{"messages": [\n`);
    await expect(result).rejects.toMatchObject({
      message: `${path}, line 3: not valid JSON: the record does not end in this line`,
      code: "DATA_LINE_INVALID",
      hint: "Correct line 3 of the file, or remove it.",
    });
    const fine = importText(`\uFEFF${JSON.stringify(good)}\r\n\n${JSON.stringify(good)}\n`);
    expect((await fine.result).records).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ["a list", [], "Invalid input: expected object, received array"],
    [
      "no messages",
      { tools: [now] },
      'field "messages": Invalid input: expected array, received undefined',
    ],
    [
      "an unknown role",
      { ...good, messages: [{ role: "robot", content: "x" }, answer] },
      'field "messages.0.role": Invalid option: expected one of "system"|"developer"|"user"|"assistant"|"tool"|"function"',
    ],
    [
      "a tool without a name",
      { ...good, tools: [{ function: {} }] },
      'field "tools.0.function.name": Invalid input: expected string, received undefined',
    ],
    [
      "no right answer",
      { ...good, messages: [user, user] },
      'the last of "messages" must be the assistant\'s right answer',
    ],
    [
      "nothing asked",
      { ...good, messages: [answer, answer] },
      "the message before the right answer must be a user's or a tool's",
    ],
    [
      "arguments that are no JSON object",
      {
        ...good,
        messages: [
          user,
          { ...answer, tool_calls: [{ function: { name: "now", arguments: "[1]" } }] },
        ],
      },
      'the arguments of "now" are not a JSON object',
    ],
  ])("refuses a line with %s, naming file, line and problem", async (_, record, problem) => {
    const { path, result } = importText(`${JSON.stringify(good)}\n${JSON.stringify(record)}\n`);
    await expect(result).rejects.toMatchObject({
      message: `${path}, line 2: ${problem}`,
      code: "DATA_LINE_INVALID",
    });
  });

  it("reads arguments that do not stand under the root's properties, without null ones", async () => {
    const parametersOf = async (parameters: unknown) => {
      const { result } = importRecord({
        ...good,
        tools: [{ function: { name: "now", parameters } }],
      });
      return (await result).records[0]?.tools[0]?.parameters;
    };
    const city = { type: "string" };
    expect(await parametersOf({ city: { type: "str" }, amount: null })).toEqual({
      type: "object",
      properties: { city },
      required: [],
    });
    expect(
      await parametersOf({
        $ref: "#/$defs/A",
        $defs: { A: { type: "object", properties: { city } } },
      }),
    ).toMatchObject({ type: "object", properties: { city } });
    expect(await parametersOf({ type: "object", properties: { city, amount: null } })).toEqual({
      type: "object",
      properties: { city },
    });
    expect(await parametersOf(null)).toEqual({ type: "object", properties: {} });
  });

  it("refuses a tool whose arguments cannot be found, naming its line", async () => {
    const parameters = { $ref: "https://example.com/now.json" };
    const { path, result } = importRecord({
      ...good,
      tools: [{ function: { name: "now", parameters } }],
    });
    await expect(result).rejects.toMatchObject({
      message: `${path}, line 1: the parameters of "now" refer to "https://example.com/now.json", which is no object of arguments in the schema`,
      code: "DATA_LINE_INVALID",
      hint: "Correct line 1 of the file, or remove it.",
    });
  });

  it.each([{ tools: [] }, { tools: undefined }, { tools: null }])(
    "refuses a sample with %o, naming its line",
    async (change) => {
      const { path, result } = importRecord({ ...good, ...change });
      await expect(result).rejects.toMatchObject({
        message: `${path}, line 1: the sample has no tools`,
        code: "SAMPLE_WITHOUT_TOOLS",
        hint: "Give line 1 at least one tool, or remove it.",
      });
    },
  );

  it("refuses an empty file", async () => {
    const { path, result } = importText("\n\n");
    await expect(result).rejects.toMatchObject({
      message: `data file ${path} contains no records`,
      code: "DATASET_EMPTY",
    });
  });

  it("refuses a config without a path", async () => {
    await expect(importOpenaiJsonl(undefined)).rejects.toMatchObject({
      message: "data file of format openai-jsonl (no path given) does not exist or cannot be read",
      code: "DATASET_FILE_MISSING",
    });
  });
});
