import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { importSealtool } from "../../../datasets/sealtool.js";
import { temporaryFile } from "./temporary-file.js";

const record = {
  query: "Net income of 5 and 3?",
  tools: [
    {
      name: "calculateNetIncome",
      description: "Calculate the net income",
      parameters: {
        revenue: { type: "float", description: "Revenue", required: true },
        note: { type: "str", description: "Note" },
      },
      required: ["revenue"],
    },
  ],
  answers: [{ tool: "calculateNetIncome", parameters: { revenue: "5" } }],
};

describe("importSealtool", () => {
  it("reads a file's records into JSON Schema and calls", async () => {
    const path = temporaryFile("sealtool.json", JSON.stringify([record]));
    const { records } = await importSealtool(path);
    expect(records).toEqual([
      {
        messages: [{ role: "user", content: "Net income of 5 and 3?" }],
        tools: [
          {
            name: "calculateNetIncome",
            description: "Calculate the net income",
            parameters: {
              type: "object",
              properties: {
                revenue: { type: "number", description: "Revenue" },
                note: { type: "string", description: "Note" },
              },
              required: ["revenue"],
            },
          },
        ],
        gold: { calls: [{ name: "calculateNetIncome", arguments: { revenue: "5" } }] },
      },
    ]);
  });

  it("takes members that are null for absent", async () => {
    const filled = {
      query: "Anything?",
      tools: [{ name: "ping", description: null, parameters: null, required: null }],
      answers: [{ name: null, tool: "ping", arguments: null, parameters: null }],
    };
    const path = temporaryFile("sealtool.json", JSON.stringify([filled]));
    const { records } = await importSealtool(path);
    expect(records[0]?.tools).toEqual([
      {
        name: "ping",
        description: "",
        parameters: { type: "object", properties: {}, required: [] },
      },
    ]);
    expect(records[0]?.gold).toEqual({ calls: [{ name: "ping", arguments: {} }] });
  });

  it.each(["sealtool.json", "hammer/sealtool.json"])("finds %s in a folder", async (name) => {
    const path = temporaryFile(name, JSON.stringify([record]));
    const folder = name.includes("/") ? dirname(dirname(path)) : dirname(path);
    expect((await importSealtool(folder)).source).toBe(path);
  });

  it("warns that a file is not the known one", async () => {
    const path = temporaryFile("sealtool.json", JSON.stringify([record]));
    const { warnings } = await importSealtool(path);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^.*sealtool\.json \(1 records, SHA-256 [0-9a-f]{12}\) is not a known file \(MadeAgents\/Hammer data\/test\/original\/sealtool\.json, 294 records\): results are not comparable with those of the known file$/,
      ),
    ]);
  });

  it("names what it looked for in a folder without the file", async () => {
    const folder = dirname(temporaryFile("other.json", "[]"));
    await expect(importSealtool(folder)).rejects.toMatchObject({
      message: `data file ${folder} (looked for sealtool.json, hammer/sealtool.json) does not exist or cannot be read`,
      code: "DATASET_FILE_MISSING",
    });
  });

  it.each([
    ["{}", 'line 1: field "query": Invalid input'],
    ["[", "the whole file: not valid JSON: the list is cut off after 0 records"],
    [JSON.stringify([record, { ...record, query: 5 }]), 'record 1: field "query": Invalid input'],
    [
      JSON.stringify([{ ...record, answers: [{ parameters: {} }] }]),
      'record 0: field "answers.0": a call needs "name" or "tool"',
    ],
  ])("refuses %o", async (text, problem) => {
    const path = temporaryFile("sealtool.json", text);
    await expect(importSealtool(path)).rejects.toMatchObject({
      message: `${path}, ${problem}`,
      code: "DATA_LINE_INVALID",
    });
  });

  it("refuses a record without tools and an empty list", async () => {
    const bare = temporaryFile("sealtool.json", JSON.stringify([{ ...record, tools: [] }]));
    await expect(importSealtool(bare)).rejects.toMatchObject({
      message: `${bare}, record 0: the sample has no tools`,
      code: "SAMPLE_WITHOUT_TOOLS",
    });
    const empty = temporaryFile("sealtool.json", "[]");
    await expect(importSealtool(empty)).rejects.toMatchObject({ code: "DATASET_EMPTY" });
  });
});
