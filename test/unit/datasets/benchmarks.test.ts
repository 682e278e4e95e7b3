import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ImportedDataset } from "../../../datasets/index.js";
import { importDataset } from "../../../datasets/index.js";
import { judgeAnswer } from "../../../domain/scoring/judge-answer.js";
import { dataDirectory, hasData } from "../../data-directory.js";

const read = (format: string, ...path: string[]): Promise<ImportedDataset> =>
  importDataset({ name: format, format, path: join(dataDirectory, ...path) });

/** Rows whose own gold the scorer does not accept. */
const rejectedGold = ({ samples }: ImportedDataset): number[] =>
  samples.flatMap(({ sample, gold }) =>
    judgeAnswer({ calls: gold.calls, repaired: false }, gold, sample.tools).correctStrict
      ? []
      : [sample.row],
  );

const candidateCounts = ({ samples }: ImportedDataset): number[] =>
  samples.map(({ sample }) => sample.tools.length);

describe.skipIf(!hasData("nexusraven"))("NexusRaven", () => {
  it("has 318 records of one call with 2 to 12 candidates, and nothing odd", async () => {
    const data = await read("nexusraven", "nexusraven");
    expect(data.samples).toHaveLength(318);
    expect(data.warnings).toEqual([]);
    expect(rejectedGold(data)).toEqual([]);
    expect(data.samples.every(({ gold }) => gold.calls.length === 1)).toBe(true);
    expect([Math.min(...candidateCounts(data)), Math.max(...candidateCounts(data))]).toEqual([
      2, 12,
    ]);
    const last = data.samples[317]!;
    expect(last.gold.calls[0]?.name).toBe("standardizeUSAddress");
    const tool = last.sample.tools.find(({ name }) => name === "standardizeUSAddress");
    expect(tool?.parameters["required"]).toEqual([
      "addressLine1",
      "addressLine2",
      "city",
      "state",
      "zipCode",
    ]);
  });
});

describe.skipIf(!hasData("apibank"))("API-Bank", () => {
  it("has 399 + 127 records, with the oddities that are known", async () => {
    const data = await read("apibank", "apibank");
    expect(data.samples).toHaveLength(526);
    expect(data.warnings).toEqual([
      "gold names a tool that is not offered: 6 records (425, 465, 480, 503, 504, 516)",
      "gold has an argument that its tool does not declare: 8 records (61, 130, 164, 167, 215, 261, 270, 357)",
      "gold gives text for a number: 14 records (36, 46, 191, 258, 285, 323, 327, 341, ...)",
      "one candidate only, so no margin exists and the sample counts as certain: 188 records (3, 4, 28, 44, 61, 62, 63, 64, ...)",
      "repeats an earlier record: 26 records (22, 27, 31, 58, 77, 95, 144, 170, ...)",
    ]);
    expect(rejectedGold(data)).toEqual([]);
    const level1 = await read("apibank", "apibank", "hammer", "apibank_l1.json");
    expect(candidateCounts(level1).filter((count) => count === 1)).toHaveLength(105);
  });

  it("turns a dialogue into one that ends with the user and starts with the year", async () => {
    const { samples } = await read("apibank", "apibank");
    const second = samples[1]!.sample.messages;
    expect(second[0]).toEqual({ role: "system", content: "The current year is 2023." });
    expect(second.map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "user",
      "assistant",
      "assistant",
      "tool",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
    expect(second[5]?.content).toMatch(/^<tool_call>\[\{"name": "ModifyRegistration", /);
    for (const { sample } of samples) {
      expect(sample.messages[sample.messages.length - 1]?.role).toBe("user");
      expect(sample.messages.some(({ content }) => content.includes("Generate API Request"))).toBe(
        false,
      );
    }
  });
});

describe.skipIf(!hasData("toolalpaca"))("ToolAlpaca", () => {
  it("has 114 records without the pseudo-tool, 103 of them in the paper's part", async () => {
    const data = await read("toolalpaca", "toolalpaca");
    expect(data.samples).toHaveLength(114);
    expect(data.warnings.slice(0, 2)).toEqual([
      'lists "components", which describes output types and is no tool: left out: 114 records (0, 1, 2, 3, 4, 5, 6, 7, ...)',
      "gold names a tool that is not offered: 6 records (30, 31, 32, 33, 34, 35)",
    ]);
    expect(rejectedGold(data)).toEqual([]);
    const first = data.samples.slice(0, 103);
    const calls = first.map(({ gold }) => gold.calls.length);
    const count = (wanted: number): number => calls.filter((length) => length === wanted).length;
    expect([1, 2, 3, 5].map(count)).toEqual([85, 11, 6, 1]);
    expect(first.filter(({ sample }) => sample.tools.length === 1)).toHaveLength(38);
    const names = data.samples.flatMap(({ sample }) => sample.tools.map(({ name }) => name));
    expect(names).not.toContain("components");
  });
});

describe.skipIf(!hasData("bfcl"))("BFCL", () => {
  it("has five categories of 1240 records, the last without calls", async () => {
    const data = await read("bfcl", "bfcl");
    expect(data.samples).toHaveLength(1240);
    expect(rejectedGold(data)).toEqual([]);
    const withoutCalls = data.samples.filter(({ gold }) => gold.calls.length === 0);
    expect(withoutCalls.map(({ sample }) => sample.row)).toEqual(
      Array.from({ length: 240 }, (_, index) => 1000 + index),
    );
  });

  it("accepts any of the listed values, and an optional argument's absence", async () => {
    const data = await read("bfcl", "bfcl", "BFCL_v4_multiple.json");
    expect(data.samples).toHaveLength(200);
    const { sample, gold } = data.samples[0]!;
    const judge = (given: Record<string, number | boolean>) =>
      judgeAnswer(
        { calls: [{ name: "triangle_properties.get", arguments: given }], repaired: false },
        gold,
        sample.tools,
      ).reason;
    expect(judge({ side1: 5, side2: 4, side3: 3 })).toBe("");
    expect(judge({ side1: 5, side2: 4, side3: 3, get_area: true })).toBe("");
    expect(judge({ side1: 5, side2: 4, side3: 3, get_area: false })).toBe("argument:get_area");
    expect(judge({ side1: 5, side2: 4 })).toBe("argument:side3");
  });
});
