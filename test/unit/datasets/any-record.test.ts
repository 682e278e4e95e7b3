import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importDataset } from "../../../datasets/index.js";
import { renderOpenaiJsonl } from "../../../datasets/write-openai-jsonl.js";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { inspectRecords } from "../../../datasets/inspect-records.js";
import { answer, good, now, user } from "./openai-records.js";
import { damagedLines } from "./damaged-lines.js";
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

const importLines = (text: string) =>
  importDataset({ name: "x", format: "openai-jsonl", path: temporaryFile("x.jsonl", text) });

describe("any JSON as a record", () => {
  it("is read, or refused with its line", async () => {
    let read = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damagedLines(RECORDS), async (line) => {
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

  it.each<[string, string, unknown]>([
    [
      "sealtool",
      "sealtool.json",
      {
        query: "Net income?",
        tools: [
          {
            name: "income",
            description: "Net income",
            parameters: { revenue: { type: "float", required: true } },
            required: ["revenue"],
          },
        ],
        answers: [{ tool: "income", parameters: { revenue: 5 } }],
      },
    ],
    [
      "xlam",
      "xlam.jsonl",
      {
        id: 1,
        query: "Net income?",
        tools: JSON.stringify([{ name: "income", parameters: { revenue: { type: "float" } } }]),
        answers: [{ name: "income", arguments: '{"revenue": 5}' }],
      },
    ],
    [
      "inspect-json",
      "inspect.jsonl",
      {
        input: [user, { role: "tool", content: "12:00", function: "now" }],
        target: [{ function: "now", arguments: { city: "Rome" }, accepted: { city: ["Rome"] } }],
        metadata: { tools: [now.function] },
      },
    ],
    [
      "bfcl",
      "BFCL_v4_irrelevance.json",
      {
        id: "a",
        question: [[user]],
        function: [{ name: "now", description: "Time", parameters: { type: "dict" } }],
      },
    ],
  ])("of format %s is read, or refused with its line", async (format, name, record) => {
    await fc.assert(
      fc.asyncProperty(damagedLines([record]), async (line) => {
        const path = temporaryFile(name, `${JSON.stringify(record)}\n${line}\n`);
        try {
          await importDataset({ name: "x", format, path });
        } catch (error) {
          if (!(error instanceof WhetstoneError)) throw error;
          expect(error.message).toContain(`${name}, line 2: `);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of BFCL's answers is read, or refused with its line", async () => {
    const question = {
      id: "a",
      question: [[user]],
      function: [{ name: "now", description: "Time", parameters: { type: "dict" } }],
    };
    const name = "BFCL_v4_multiple.json";
    const right = { id: "a", ground_truth: [{ now: { city: ["Rome", ""], at: [{ h: [1, 2] }] } }] };
    await fc.assert(
      fc.asyncProperty(damagedLines([right]), async (line) => {
        const answers = temporaryFile(
          `possible_answer/${name}`,
          `${JSON.stringify(right)}\n${line}\n`,
        );
        const path = join(dirname(dirname(answers)), name);
        writeFileSync(path, `${JSON.stringify(question)}\n`);
        try {
          await importDataset({ name: "x", format: "bfcl", path });
        } catch (error) {
          if (!(error instanceof WhetstoneError)) throw error;
          expect(error.message).toContain(`possible_answer/${name}, line 2: `);
        }
      }),
      { numRuns: 300 },
    );
  });
});
