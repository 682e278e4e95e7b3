import { describe, expect, it } from "vitest";
import { importDataset } from "../../../datasets/index.js";
import { DATASET_FORMATS } from "../../../domain/config/dataset-formats.js";
import { judgeAnswer } from "../../../domain/scoring/judge-answer.js";
import { sampleContentHash } from "../../../domain/identity/sample-hash.js";
import { dataDirectory, hasData } from "../../data-directory.js";
import { temporaryFile } from "./temporary-file.js";

const line = (content: string): string =>
  JSON.stringify({
    messages: [
      { role: "user", content },
      { role: "assistant", content: "no tool fits" },
    ],
    tools: [{ type: "function", function: { name: "now", parameters: {} } }],
  });

describe("importDataset", () => {
  it("refuses an unknown format and lists the known ones", async () => {
    await expect(importDataset({ name: "x", format: "csv", path: "x.csv" })).rejects.toMatchObject({
      message: `data format "csv" is unknown; allowed: ${DATASET_FORMATS.join(", ")}`,
      code: "DATASET_FORMAT_UNKNOWN",
    });
    await expect(importDataset({ name: "x", format: "constructor" })).rejects.toMatchObject({
      code: "DATASET_FORMAT_UNKNOWN",
    });
  });

  it("refuses a missing file, naming its absolute path", async () => {
    await expect(
      importDataset({ name: "x", format: "openai-jsonl", path: "/nowhere/x.jsonl" }),
    ).rejects.toMatchObject({
      message: "data file /nowhere/x.jsonl does not exist or cannot be read",
      code: "DATASET_FILE_MISSING",
    });
  });

  it("explains how to import a known benchmark", async () => {
    const input = { name: "sealtool-dev", format: "openai-jsonl", path: "/nowhere/x.jsonl" };
    await expect(importDataset(input)).rejects.toMatchObject({
      code: "DATASET_FILE_MISSING",
      hint: "npx whetstone data list sealtool-dev shows how to download and import it; or correct the data set's `path`.",
    });
  });

  it("gives each record a key of its row and content, and keeps equal records apart", async () => {
    const path = temporaryFile("data.jsonl", [line("a"), line("b"), line("a")].join("\n"));
    const { samples } = await importDataset({ name: "mine", format: "openai-jsonl", path });
    const keys = samples.map(({ sample }) => sample.key);
    expect(samples.map(({ sample }) => sample.row)).toEqual([0, 1, 2]);
    expect(new Set(keys).size).toBe(3);
    for (const { sample } of samples) {
      expect(sample.key).toBe(`${sample.row}-${sampleContentHash(sample).slice(0, 8)}`);
      expect(sample.dataset).toBe("mine");
      expect(Object.keys(sample)).toEqual(["key", "dataset", "row", "messages", "tools"]);
    }
  });

  it("hashes content and gold, not the name or the place", async () => {
    const hash = async (name: string, text: string): Promise<string> => {
      const path = temporaryFile("data.jsonl", text);
      return (await importDataset({ name, format: "openai-jsonl", path })).contentHash;
    };
    const base = await hash("a", line("x"));
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash("b", `\n${line("x")}\n\n`)).toBe(base);
    expect(await hash("a", line("y"))).not.toBe(base);
    const withGold = line("x").replace(
      '"content":"no tool fits"',
      '"content":null,"tool_calls":[{"function":{"name":"now","arguments":"{}"}}]',
    );
    expect(await hash("a", withGold)).not.toBe(base);
  });

  it("warns of what is odd in the data", async () => {
    const odd = JSON.stringify({
      messages: [
        { role: "user", content: "set" },
        {
          role: "assistant",
          tool_calls: [
            { function: { name: "then", arguments: "{}" } },
            { function: { name: "set", arguments: '{"n": "5", "x": 1}' } },
          ],
        },
      ],
      tools: [
        {
          function: {
            name: "set",
            parameters: { properties: { n: { type: "int" }, m: {} }, required: ["m"] },
          },
        },
      ],
    });
    const path = temporaryFile("data.jsonl", [odd, line("a"), line("a")].join("\n"));
    const { warnings } = await importDataset({ name: "x", format: "openai-jsonl", path });
    expect(warnings).toEqual([
      "gold names a tool that is not offered: 1 record (0)",
      "gold has an argument that its tool does not declare: 1 record (0)",
      "gold lacks a required argument: 1 record (0)",
      "gold gives text for a number: 1 record (0)",
      "one candidate only, so no margin exists and the sample counts as certain: 3 records (0, 1, 2)",
      "repeats an earlier record: 1 record (2)",
    ]);
  });
});

describe("the bundled data set", () => {
  it("is read without a path, has single, multiple and no calls, and nothing odd", async () => {
    const { samples, warnings, source } = await importDataset({
      name: "lookalike",
      format: "lookalike",
    });
    expect(source.endsWith("/models/tiny/data/test.jsonl")).toBe(true);
    expect(samples.length).toBeGreaterThanOrEqual(400);
    const counts = new Set(samples.map(({ gold }) => Math.min(gold.calls.length, 2)));
    expect([...counts].sort()).toEqual([0, 1, 2]);
    expect(warnings).toEqual([]);
    for (const { sample, gold } of samples) {
      expect(sample.messages[sample.messages.length - 1]?.role).toBe("user");
      const verdict = judgeAnswer({ calls: gold.calls, repaired: false }, gold, sample.tools);
      expect(verdict.correctStrict).toBe(true);
    }
  });
});

describe("SealTool", () => {
  it.skipIf(!hasData("sealtool", "hammer", "sealtool.json"))(
    "has 294 records with five tools and one gold call that the scorer accepts",
    async () => {
      const { samples, warnings, source } = await importDataset({
        name: "sealtool",
        format: "sealtool",
        path: `${dataDirectory}/sealtool`,
      });
      expect(source.endsWith("/sealtool/hammer/sealtool.json")).toBe(true);
      expect(samples).toHaveLength(294);
      expect(warnings).toEqual([
        "gold gives text for a number: 55 records (1, 2, 6, 15, 20, 22, 25, 30, ...)",
      ]);
      const types = new Set<unknown>();
      for (const { sample, gold } of samples) {
        expect([sample.tools.length, gold.calls.length]).toEqual([5, 1]);
        for (const { parameters } of sample.tools) {
          expect(Object.keys(parameters)).toEqual(["type", "properties", "required"]);
          const properties = parameters["properties"] as Record<string, { type?: unknown }>;
          for (const property of Object.values(properties)) types.add(property.type);
        }
        const verdict = judgeAnswer({ calls: gold.calls, repaired: false }, gold, sample.tools);
        expect(verdict).toEqual({ correct: true, correctStrict: true, reason: "" });
      }
      expect([...types].sort()).toEqual(["boolean", "integer", "number", "string"]);
      const withoutArguments = samples.filter(
        ({ gold }) => Object.keys(gold.calls[0]!.arguments).length === 0,
      );
      expect(withoutArguments).toHaveLength(23);
      const goldFirst = samples.filter(
        ({ sample, gold }) => sample.tools[0]!.name === gold.calls[0]!.name,
      );
      expect(goldFirst).toHaveLength(258);
    },
  );
});
