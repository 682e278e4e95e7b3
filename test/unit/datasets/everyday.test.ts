import { join } from "node:path";
import { expect, it } from "vitest";
import { importDataset } from "../../../datasets/index.js";
import { conversationText } from "../../../domain/grounding/query-text.js";
import { statedCall } from "../../../domain/grounding/stated-call.js";

const PATH = join(import.meta.dirname, "../../../configs/everyday.jsonl");

it("has 40 requests, each with one right call whose values the request states", async () => {
  const { samples } = await importDataset({ name: "everyday", format: "openai-jsonl", path: PATH });
  expect(samples).toHaveLength(40);
  for (const { sample, gold } of samples) {
    expect(sample.tools).toHaveLength(4);
    const [call, ...others] = gold.calls;
    const tool = sample.tools.find(({ name }) => name === call?.name);
    if (!call || !tool) throw new Error(`${sample.key} has no right call`);
    expect(others).toEqual([]);
    const query = conversationText(sample);
    expect(statedCall(call, tool, query, { requirementsKnown: true })).toEqual(call);
  }
});
