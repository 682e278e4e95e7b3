import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BENCHMARKS, findBenchmark } from "../../../datasets/benchmarks.js";
import { assembleDataset, importDataset } from "../../../datasets/index.js";
import {
  countCalls,
  countGoldFirst,
  countGoldPositions,
  countReachable,
  inspectRecords,
} from "../../../datasets/inspect-records.js";
import { parsePythonLiteral } from "../../../domain/json/python-literal.js";
import { renderOpenaiJsonl } from "../../../datasets/write-openai-jsonl.js";
import { readBenchmark } from "../../../datasets/read-benchmark.js";
import { dataDirectory, hasData } from "../../data-directory.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-benchmarks-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = async (name: string, rows?: string) =>
  (await readBenchmark(findBenchmark(name), dataDirectory, rows)).records;
const rowsOf = async (name: string, oddity: string) =>
  inspectRecords(await read(name)).find((finding) => finding.oddity === oddity)?.rows ?? [];

describe.skipIf(!hasData("apibank", "toolrl"))("known benchmarks", () => {
  it.each(BENCHMARKS.map(({ name, records }) => [name, records] as const))(
    "%s has %i records, and survives being written and read again",
    async (name, records) => {
      const file = await readBenchmark(findBenchmark(name), dataDirectory);
      const dataset = assembleDataset({ name, format: "openai-jsonl" }, file);
      expect(dataset.samples).toHaveLength(records);
      expect(dataset.files.filter(({ title }) => title === null)).toEqual([]);
      const path = join(folder, `${name}.jsonl`);
      writeFileSync(path, renderOpenaiJsonl(dataset.samples));
      const again = await importDataset({ name, format: "openai-jsonl", path });
      expect(again.contentHash).toBe(dataset.contentHash);
    },
  );

  it("takes ToolRL's five damaged golds from Hammer's file", async () => {
    const whole = await read("apibank-466");
    const hammer = await read("apibank-l1");
    for (const row of [258, 285, 323, 341, 393])
      expect(whole[row]?.gold).toEqual(hammer[row]?.gold);
    expect(whole[1]!.messages[0]).toEqual({ role: "system", content: "The current year is 2023." });
    expect(whole[1]!.messages.at(-1)?.content).toContain("only make one tool call");
  });

  it("says that the 361 are our reconstruction, and hides API keys", async () => {
    const { notes } = await readBenchmark(findBenchmark("apibank-361"), dataDirectory);
    expect(notes.at(-1)).toMatch(/^our reconstruction: /);
    const keys = (await read("toolalpaca-114")).flatMap(({ gold }) =>
      gold.calls.flatMap((call) => call.arguments["access_key"] ?? []),
    );
    expect(new Set(keys)).toEqual(new Set(["REDACTED_ACCESS_KEY"]));
  });

  it("lets another list of rows take the place of our 361", async () => {
    const rows = join(folder, "rows.json");
    writeFileSync(rows, "[0, 465]");
    const whole = await read("apibank-466");
    expect(await read("apibank-361", rows)).toEqual([whole[0], whole[465]]);
  });

  it("warns about the records that are there, by their own numbers", async () => {
    const warningsOf = async (name: string, rows?: string) => {
      const file = await readBenchmark(findBenchmark(name), dataDirectory, rows);
      return assembleDataset({ name, format: "openai-jsonl" }, file).warnings.slice(0, 2);
    };
    const damaged = "gold is damaged upstream; taken from apibank_l1.json instead";
    const bare = "the file gives the answer as one object, not as a list";
    expect(await warningsOf("apibank-466")).toEqual([
      `${damaged}: 5 records (258, 285, 323, 341, 393)`,
      `${bare}: 67 records (399, 400, 401, 402, 403, 404, 405, 406, ...)`,
    ]);
    // None of the five has a second candidate.
    expect((await warningsOf("apibank-361"))[0]).toBe(
      `${bare}: 67 records (294, 295, 296, 297, 298, 299, 300, 301, ...)`,
    );
    const rows = join(folder, "damaged.json");
    writeFileSync(rows, "[0, 341, 2]");
    expect((await warningsOf("apibank-361", rows))[0]).toBe(`${damaged}: 1 record (1)`);
    expect((await warningsOf("toolalpaca-103"))[0]).toMatch(
      /^lists "components", .*: 103 records \(0, 1,/,
    );
  });

  it("counts calls, and what an exact answer can reach", async () => {
    const alpaca = await read("toolalpaca-103");
    expect(countCalls(alpaca)).toEqual([
      [1, 85],
      [2, 11],
      [3, 6],
      [5, 1],
    ]);
    expect(countReachable(alpaca)).toBe(74);
    expect(countReachable(await read("sealtool"))).toBe(294);
  });

  it("finds values that are not in the query, word for word", async () => {
    const oddity = "a gold value is not in the query, word for word";
    const counts = await Promise.all(
      ["sealtool", "nexusraven", "apibank-l1", "apibank-l2", "toolalpaca-114"].map((name) =>
        rowsOf(name, oddity),
      ),
    );
    // A count of plain values alone gives NexusRaven 69: the placeholders of 293 are in a list of objects. Level 1 has
    // 152 if the upstream closing "Generate API Request:" counts as query: it contains "es", the language of 294 and
    // 384.
    expect(counts.map((rows) => rows.length)).toEqual([25, 70, 154, 78, 50]);
    expect(counts[1]).toContain(293);
    expect(counts[2]).toEqual(expect.arrayContaining([294, 384]));
  });

  it("finds the oddities that are known of the data", async () => {
    expect(await rowsOf("nexusraven", "gold holds an unfilled placeholder")).toEqual([293]);
    expect(await rowsOf("toolalpaca-103", "gold names a tool that is not offered")).toEqual([
      30, 31, 32, 33, 34, 35,
    ]);
    const keys = await rowsOf(
      "toolalpaca-103",
      "gold needs an API key that the query does not give",
    );
    expect(keys).toEqual([...range(50, 59), ...range(67, 79)]);
    expect(
      await rowsOf("toolalpaca-114", "gold needs an API key that the query does not give"),
    ).toEqual([...range(50, 59), ...range(67, 79), ...range(103, 113)]);
    expect(await rowsOf("nexusraven", "gold gives an argument as null")).toEqual([
      274, 277, 298, 301, 302, 306, 307, 311,
    ]);
    expect(await rowsOf("nexusraven", "gold gives an argument as empty text")).toEqual([268, 271]);
    expect(await rowsOf("sealtool", "gold calls a tool without arguments")).toHaveLength(23);
    expect(await rowsOf("toolalpaca-103", "gold calls one tool several times")).toHaveLength(16);
    expect(await rowsOf("apibank-l2", "full-width punctuation")).toHaveLength(16);
    expect(
      await rowsOf("apibank-l1", "gold has an argument that its tool does not declare"),
    ).toEqual([61, 130, 164, 167, 215, 261, 270, 357]);
    expect(countGoldFirst(await read("sealtool"))).toMatchObject({ choices: 294, first: 258 });
    expect(countGoldPositions(await read("sealtool"))).toEqual([258, 17, 6, 2, 11]);
    expect(countGoldPositions(await read("bfcl-multiple"))).toEqual([73, 71, 42, 14]);
  });
});

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("ToolRL's training records", () => {
  const tools =
    'You can use:\n1. Name: Find Lamp\nDescription: Finds it.\nParameters: {"lamp": {"type": "str", "description": "Which.", "default": ""}}\n\n**Steps**';
  const calls = (name: string) =>
    `<think> A tool? </think>\n<tool_call>\n{"name": "${name}", "parameters": {"lamp": "Orlo"}}\n{"name": "${name}", "parameters": {}}\n</tool_call>`;
  const question = "**History**\n<user> Where is it? </user>";

  it("are those that answer a user with calls of tools on offer", async () => {
    const records = [
      { instruction: tools, input: question, output: calls("Find Lamp") },
      { instruction: tools, input: question, output: calls("Find Shop") },
      { instruction: tools, input: question, output: "<response> In the hall. </response>" },
      { instruction: tools, input: `${question}<obs> [] </obs>`, output: calls("Find Lamp") },
    ];
    const from = mkdtempSync(join(folder, "toolrl-"));
    writeFileSync(join(from, "rlla_sft.json"), JSON.stringify(records));
    const file = await readBenchmark(findBenchmark("toolrl-sft"), from);
    expect(file.notes[0]).toMatch(/^3 records that answer in words, /);
    expect(file.records).toEqual([
      {
        messages: [{ role: "user", content: "Where is it?" }],
        tools: [
          {
            name: "Find Lamp",
            description: "Finds it.",
            parameters: {
              type: "object",
              properties: { lamp: { type: "string", description: "Which.", default: "" } },
              required: [],
            },
          },
        ],
        gold: {
          calls: [
            { name: "Find Lamp", arguments: { lamp: "Orlo" } },
            { name: "Find Lamp", arguments: {} },
          ],
        },
      },
    ]);
  });
});

describe("readBenchmark", () => {
  it("explains how to download a missing file", async () => {
    await expect(readBenchmark(findBenchmark("sealtool"), folder)).rejects.toMatchObject({
      code: "DATASET_FILE_MISSING",
      hint: "npx whetstone data list sealtool shows how to download each file; pass their folder with --from.",
    });
  });
});

describe("findBenchmark", () => {
  it("names the choices", () => {
    expect(() => findBenchmark("apibank")).toThrow('There is no benchmark "apibank".');
  });
});

describe("parsePythonLiteral", () => {
  it("reads what Python prints", () => {
    const text = "{'a': [1, -2.5, 'it\\'s', \"x\"], 'b': (True, None,), 'c': {}}";
    expect(parsePythonLiteral(text)?.value).toEqual({
      a: [1, -2.5, "it's", "x"],
      b: [true, null],
      c: {},
    });
  });

  it("reads escapes of any length", () => {
    expect(parsePythonLiteral(String.raw`'\xe9\u00e9\U0001F600\ud83d\ude00\n\q'`)?.value).toBe(
      "éé😀😀\nq",
    );
  });

  it("refuses what nests too deep", () => {
    expect(parsePythonLiteral("[".repeat(100) + "]".repeat(100))).not.toBeNull();
    expect(parsePythonLiteral("[".repeat(50_000) + "]".repeat(50_000))).toBeNull();
  });

  it.each(["", "{'a'}", "[1", "f(x)", "[1] 2", "{1: 2}"])("refuses %j", (text) => {
    expect(parsePythonLiteral(text)).toBeNull();
  });
});
