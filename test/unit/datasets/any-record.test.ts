import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importDataset } from "../../../datasets/index.js";
import { renderOpenaiJsonl } from "../../../datasets/write-openai-jsonl.js";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { inspectRecords } from "../../../datasets/inspect-records.js";
import { answer, good, now, user } from "./openai-records.js";
import { temporaryFile } from "./temporary-file.js";

/** Records that between them have every member that is read. */
const RECORDS: readonly unknown[] = [
  {
    messages: [
      { role: "developer", content: [{ type: "text", text: "Be brief." }] },
      user,
      answer,
      { role: "tool", tool_call_id: "1", name: "now", content: "12:00" },
      answer,
    ],
    tools: [now],
    accepted: [{ city: ["Rome", "Roma"], zone: ["CET", ""] }],
  },
  {
    messages: [user, { role: "assistant", function_call: { name: "now", arguments: "{}" } }],
    functions: [now.function],
  },
  {
    system: "Be brief.",
    messages: [
      user,
      { role: "assistant", content: [{ type: "tool_use", id: "1", name: "now", input: {} }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "1", content: "12:00" }] },
      { role: "assistant", content: "noon" },
    ],
    tools: [{ name: "now", input_schema: { type: "object", properties: {} } }],
  },
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value)
    ? value.map((member: unknown, index): [string | number, unknown] => [index, member])
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy: unknown = structuredClone(value);
  const members = copy as Record<string | number, unknown>;
  members[key] = replaceAt(members[key], rest, replacement);
  return copy;
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>("", null, [], {}, [null], [[]], "{", '{"a": 1e999}', '{"a": "\\ud83d"}'),
  fc.constantFrom("\ud83d", "a\u0000b", "constructor", "__proto__", -0, 2 ** 60),
  fc
    .constantFrom("constructor", "toString", "__proto__")
    .map((key) => JSON.parse(`{"${key}": [{"${key}": 1}], "type": "${key}"}`) as unknown),
  fc
    .constantFrom(50, 120, 300)
    .map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
);

const damaged = fc.constantFrom(...RECORDS).chain((record) =>
  fc
    .array(fc.tuple(fc.constantFrom(...pathsOf(record)), anything), { minLength: 1, maxLength: 2 })
    .map((changes) =>
      changes.reduce((changed: unknown, [path, replacement]) => {
        try {
          return replaceAt(changed, path, replacement);
        } catch {
          // The first change took away what the second would be in.
          return changed;
        }
      }, record),
    ),
);

const importLines = (text: string) =>
  importDataset({ name: "x", format: "openai-jsonl", path: temporaryFile("x.jsonl", text) });

/** As text, because a report of a failure could not show the deepest ones. */
const lines = fc
  .oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: anything })
  .map((value) => JSON.stringify(value));

describe("any JSON as a record", () => {
  it("is read, or refused with its line", async () => {
    let read = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(lines, async (line) => {
        try {
          const dataset = await importLines(`${JSON.stringify(good)}\n${line}\n`);
          read += 1;
          inspectRecords(dataset.samples.map(({ sample, gold }) => ({ ...sample, gold })));
          const again = await importLines(renderOpenaiJsonl(dataset.samples));
          expect(again.contentHash).toBe(dataset.contentHash);
        } catch (error) {
          if (!(error instanceof WhetstoneError)) throw error;
          refused += 1;
          expect(["DATA_LINE_INVALID", "SAMPLE_WITHOUT_TOOLS"]).toContain(error.code);
          expect(error.message).toContain("x.jsonl, line 2: ");
        }
      }),
      { numRuns: 600 },
    );
    expect(read).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });
});
