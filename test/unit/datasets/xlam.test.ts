import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { importXlam } from "../../../datasets/xlam.js";
import { temporaryFile } from "./temporary-file.js";

const tools = [
  {
    name: "ferry_times",
    description: "Departures of a ferry line.",
    parameters: {
      line: { description: "Name of the line.", type: "str" },
      day: { description: "Day of the week.", type: "str, optional" },
      type: { description: "Kind of ferry.", type: "str", default: "car" },
      stops: { description: "Stops to pass.", type: "List[str]", default: null },
    },
  },
];
const answers = [{ name: "ferry_times", arguments: { line: "Nordsund", day: "Friday" } }];
const record = { id: 7, query: "When does the Nordsund ferry leave on Friday?" };
const asText = { ...record, tools: JSON.stringify(tools), answers: JSON.stringify(answers) };

const importLines = (...records: unknown[]) => {
  const path = temporaryFile("data.jsonl", records.map((each) => JSON.stringify(each)).join("\n"));
  return { path, result: importXlam(path) };
};

describe("importXlam", () => {
  it("reads tools and answers from JSON text, and what is required from defaults and types", async () => {
    const { records } = await importLines(asText).result;
    expect(records).toEqual([
      {
        messages: [{ role: "user", content: record.query }],
        tools: [
          {
            name: "ferry_times",
            description: "Departures of a ferry line.",
            parameters: {
              type: "object",
              properties: {
                line: { description: "Name of the line.", type: "string" },
                day: { description: "Day of the week.", type: "string" },
                type: { description: "Kind of ferry.", type: "string", default: "car" },
                stops: { description: "Stops to pass.", type: "array", default: null },
              },
              required: ["line", "stops"],
            },
          },
        ],
        gold: { calls: answers },
      },
    ]);
  });

  it("reads lists, tools in OpenAI's form and no answer alike", async () => {
    const schema = { type: "object", properties: { line: { type: "string" } } };
    const { records } = await importLines(
      { ...record, tools, answers },
      {
        ...asText,
        tools: JSON.stringify([
          { type: "function", function: { name: "ferry_times", parameters: schema } },
        ]),
        answers: "[]",
      },
    ).result;
    expect(records[0]).toEqual((await importLines(asText).result).records[0]);
    expect(records[1]?.tools[0]?.parameters).toEqual(schema);
    expect(records[1]?.gold.calls).toEqual([]);
  });

  it("finds the file by its name in a folder", async () => {
    const path = temporaryFile("xlam_function_calling_60k.json", JSON.stringify([asText]));
    const { source, records } = await importXlam(dirname(path));
    expect(source).toBe(path);
    expect(records).toHaveLength(1);
  });

  it.each<[unknown, string]>([
    [
      { ...asText, query: undefined },
      'field "query": Invalid input: expected string, received undefined',
    ],
    [{ ...asText, tools: "[{" }, 'field "tools": is not the JSON text of a list'],
    [{ ...asText, tools: "{}" }, 'field "tools": Invalid input: expected array, received object'],
    [
      { ...asText, answers: '[{"arguments": {}}]' },
      'field "answers.0.name": Invalid input: expected string, received undefined',
    ],
    [
      { ...asText, answers: '[{"name": "ferry_times", "arguments": "[1]"}]' },
      'the arguments of "ferry_times" are not a JSON object',
    ],
  ])("refuses %j", async (bad, problem) => {
    const { path, result } = importLines(asText, bad);
    await expect(result).rejects.toMatchObject({
      code: "DATA_LINE_INVALID",
      message: `${path}, line 2: ${problem}`,
    });
  });

  it("refuses a record without tools", async () => {
    const { path, result } = importLines({ ...asText, tools: "[]" });
    await expect(result).rejects.toMatchObject({
      code: "SAMPLE_WITHOUT_TOOLS",
      message: `${path}, line 1: the sample has no tools`,
    });
  });
});
