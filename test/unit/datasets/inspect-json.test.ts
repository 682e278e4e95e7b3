import { describe, expect, it } from "vitest";
import { importInspectJson } from "../../../datasets/inspect-json.js";
import { toSample } from "../../../report/export/inspect/sample.js";
import { makeReport } from "../../browser/make-report.js";
import { temporaryFile } from "./temporary-file.js";

const tool = {
  name: "ferry_times",
  description: "Departures of a ferry line.",
  parameters: {
    type: "object",
    properties: { line: { type: "string" }, day: { type: "string" } },
    required: ["line"],
  },
};
const call = { name: "ferry_times", arguments: { line: "Nordsund" } };
const record = {
  id: "ferry-1",
  input: "When does the Nordsund ferry leave?",
  target: JSON.stringify([call]),
  metadata: { tools: [tool], source: "made up" },
};

const importLines = (...records: unknown[]) => {
  const path = temporaryFile("data.jsonl", records.map((each) => JSON.stringify(each)).join("\n"));
  return { path, result: importInspectJson(path) };
};

const expected = {
  messages: [{ role: "user", content: record.input }],
  tools: [tool],
  gold: { calls: [call] },
};

describe("importInspectJson", () => {
  it.each<[string, unknown]>([
    ["calls as JSON text", record],
    ["calls as a list", { ...record, target: [call] }],
    ["one call alone", { ...record, target: call }],
    ["a list of one text", { ...record, target: [record.target] }],
    [
      "Inspect's calls",
      { ...record, target: [{ function: call.name, arguments: call.arguments }] },
    ],
    [
      "OpenAI's calls",
      {
        ...record,
        target: [
          {
            type: "function",
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          },
        ],
      },
    ],
    ["tools as JSON text", { ...record, metadata: { tools: JSON.stringify([tool]) } }],
    ["tools beside the metadata", { ...record, metadata: null, tools: [tool] }],
  ])("reads %s", async (_, given) => {
    expect((await importLines(given).result).records).toEqual([expected]);
  });

  it("reads the samples that an export for Inspect writes", async () => {
    const [sweep] = makeReport({ samples: 12 }).sweeps;
    const [variant] = sweep!.record.config.variants;
    const options = { texts: true, link: () => "" };
    const scope = { record: sweep!.record, variant: variant!, seed: 0, dataset: "", options };
    const rows = sweep!.units.filter((row) => row.variant === variant!.name);
    const samples = rows.map((row) => sweep!.samples.get(`lookalike/${row.sampleKey}`)!);
    const written = rows.map((row, index) => toSample({ row, sample: samples[index] }, scope));
    const { records } = await importLines(...written).result;
    expect(records).toEqual(
      samples.map(({ sample: { messages, tools }, gold }) => ({ messages, tools, gold })),
    );
  });

  it("reads a conversation with calls, results and reasoning", async () => {
    const input = [
      { role: "system", content: "Be brief.", id: "a", source: "input" },
      { role: "user", content: [{ type: "text", text: "Is there a ferry to Nordsund?" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", reasoning: "I must look it up." },
          { type: "text", text: "One moment." },
        ],
        tool_calls: [{ id: "1", function: call.name, arguments: call.arguments, type: "function" }],
      },
      { role: "tool", content: "08:15", tool_call_id: "1", function: call.name },
      { role: "user", content: "And on Friday?" },
    ];
    const { records } = await importLines({ ...record, input }).result;
    expect(records[0]?.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Is there a ferry to Nordsund?" },
      {
        role: "assistant",
        content:
          'One moment.\n<tool_call>[{"name": "ferry_times", "arguments": {"line": "Nordsund"}}]</tool_call>',
      },
      { role: "tool", content: "08:15" },
      { role: "user", content: "And on Friday?" },
    ]);
  });

  it("reads accepted values, and that no call is right", async () => {
    const accepted = { line: ["Nordsund", "North Sound"], day: [""] };
    const { records, rowWarnings } = await importLines(
      { ...record, target: [{ ...call, accepted }] },
      { ...record, target: "[]" },
      { ...record, target: [{ ...call, accepted: { ship: [""] } }] },
    ).result;
    expect(records[0]?.gold.calls).toEqual([{ ...call, accepted }]);
    expect(records[1]?.gold.calls).toEqual([]);
    expect(rowWarnings?.flatMap(({ rows }) => rows)).toEqual([2]);
  });

  it.each<[unknown, string]>([
    [
      { ...record, target: "08:15" },
      'field "target": is not a JSON list of calls; "[]" means that no call is right',
    ],
    [
      { ...record, target: "" },
      'field "target": is not a JSON list of calls; "[]" means that no call is right',
    ],
    [
      { ...record, target: [{ ...call, accepted: { line: [] } }] },
      'field "accepted.0.line": no value is listed',
    ],
    [
      { ...record, input: [{ role: "assistant", content: "Hello." }] },
      "the last message of \"input\" must be a user's or a tool's",
    ],
    [
      { ...record, input: [{ role: "user", content: [{ type: "image", image: "x.png" }] }] },
      'field "input.0.content.0": image content is not supported',
    ],
    [
      { ...record, metadata: { tools: "none" } },
      'field "metadata.tools": is not the JSON text of a list',
    ],
  ])("refuses %j", async (bad, problem) => {
    const { path, result } = importLines(record, bad);
    await expect(result).rejects.toMatchObject({
      code: "DATA_LINE_INVALID",
      message: `${path}, line 2: ${problem}`,
    });
  });

  it("refuses a record without tools", async () => {
    const { path, result } = importLines({ ...record, metadata: {} });
    await expect(result).rejects.toMatchObject({
      code: "SAMPLE_WITHOUT_TOOLS",
      message: `${path}, line 1: the sample has no tools`,
    });
  });
});
