import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordResult } from "../../../../activities/local/record-result.js";
import type { ToolCall } from "../../../../domain/samples/tool-call.js";
import { openStore } from "../../../../store/open-store.js";
import type { ResultRow, Store } from "../../../../store/store.js";
import { CONFIG, makeSampleKey, makeSweep, makeUnit } from "../../store/fixtures.js";

let folder: string;
let store: Store;
let rows = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-record-"));
  store = await openStore(`sqlite:${join(folder, "whetstone.db")}`);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** The row that an answer gets, as stored. */
async function record(text: string, gold: readonly ToolCall[]): Promise<ResultRow> {
  const row = rows++;
  const unit = makeUnit(row);
  const sample = {
    key: makeSampleKey(row),
    dataset: unit.dataset,
    row,
    messages: [{ role: "user" as const, content: "Go" }],
    tools: [{ name: "go", description: "", parameters: { type: "object", properties: {} } }],
  };
  await store.putSamples(unit.dataset, "hash", [{ sample, gold: { calls: gold } }]);
  await store.putUnits([unit]);
  const answer = { from: "base" as const, texts: [text], promptTokens: 1, completionTokens: 1 };
  await recordResult(
    { store, toolVersion: "0" },
    {
      unit,
      startedAt: "2026-01-01T00:00:00.000Z",
      finishedAt: "2026-01-01T00:00:01.000Z",
      runId: "run",
      trace: { answer, timings: [] },
    },
  );
  const stored = await store.getResult(unit.key);
  if (stored === null) throw new Error("no row was written");
  return stored;
}

const go = '{"name": "go", "arguments": {}}';

it.each([
  ["6,000 empty objects", "{}".repeat(6_000), "unparsable:not-a-call"],
  ["9,000 calls", `[${Array.from({ length: 9_000 }, () => go).join()}]`, "count"],
  [
    "absurd nesting",
    '[{"name": "go", "arguments": {"a": '.repeat(20_000),
    "unparsable:broken-json",
  ],
  ["a name of no text", '[{"name": "a\\u0000\\ud83d"}]', "name:a\ufffd\ufffd"],
  ["a giant name", `[{"name": "${"x".repeat(900_000)}"}]`, `name:${"x".repeat(200)}`],
  [
    "a giant key",
    `[{"name": "go", "arguments": {"${"k".repeat(900_000)}": 1}}]`,
    `argument:${"k".repeat(200)}`,
  ],
])("a unit whose answer is %s ends with a row", async (_, text, verdict) => {
  const row = await record(text, [{ name: "go", arguments: {} }]);
  expect(row).toMatchObject({ correct: false, verdict });
});

it.each([
  ["I cannot help with that.", "scored", true],
  ["No tool fits: []", "scored", true],
  ["<think>Which? {</think>None of the tools does that.", "scored", true],
  ["See `{}` and [1]: nothing fits.", "scored", true],
  [go, "scored", false],
  [`<tool_call>${go}</tool_call>`, "scored", false],
  ["<tool_call>I cannot</tool_call>", "unparsable", false],
  ['I call [{"name": "go", "arguments": "x"}]', "unparsable", false],
  ['[{"tool": "go"}]', "unparsable", false],
  ['I call {"name: go', "unparsable", false],
  ["<think>None of the tools does that.", "unparsable", false],
  ["Well. <think>None of the tools does that.", "unparsable", false],
  ["", "unparsable", false],
])("where no call is right, %o is %s, right: %o", async (text, outcome, correct) => {
  expect(await record(text, [])).toMatchObject({ outcome, correct, correctStrict: correct });
});

it("words are no answer where a call is right", async () => {
  const row = await record("I cannot help with that.", [{ name: "go", arguments: {} }]);
  expect(row).toMatchObject({ outcome: "unparsable", verdict: "unparsable:no-json" });
});

it("only the empty list says no call in a sweep that wants it so", async () => {
  await store.createSweep(makeSweep({ config: { ...CONFIG, refusals: "empty-list" } }));
  expect(await record("I cannot.", [])).toMatchObject({ outcome: "unparsable", correct: false });
  expect(await record("[]", [])).toMatchObject({ outcome: "scored", correct: true });
});

it("tells an adapted unit what the base model answered to the same sample", async () => {
  const base = await record('[{"name": "go", "arguments": {"to": 1}}]', [
    { name: "go", arguments: {} },
  ]);
  if ((await store.getSweep("trial")) === null) await store.createSweep(makeSweep());
  const unit = makeUnit(rows - 1, { variant: "tt-si" });
  await store.putUnits([unit]);
  const ended = async (from: "base" | "adapter") =>
    recordResult(
      { store, toolVersion: "0" },
      {
        ...{ unit, runId: "run-2" },
        startedAt: "2026-01-01T00:00:00.000Z",
        finishedAt: "2026-01-01T00:00:01.000Z",
        trace: {
          answer: { from, texts: [`[${go}]`], promptTokens: 1, completionTokens: 1 },
          timings: [],
        },
      },
    );
  expect(await ended("adapter")).toEqual({
    ...{ outcome: "scored", correct: true, verdict: "" },
    base: { text: '[{"name": "go", "arguments": {"to": 1}}]', verdict: `wrong ${base.verdict}` },
  });
  // Its own answer is the base model's.
  expect(await ended("base")).toEqual({ outcome: "scored", correct: true, verdict: "" });
});
