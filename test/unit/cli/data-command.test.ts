import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addDataCommand } from "../../../cli/commands/data.js";
import { renderRows } from "../../../cli/terminal/data-check.js";
import { importDataset } from "../../../datasets/index.js";
import { loadSettings } from "../../../infra/settings.js";
import type { RecordingTerminal } from "./recording-terminal.js";
import { createRecordingTerminal } from "./recording-terminal.js";

const record = {
  query: "Net income of 5 and 3?",
  tools: [
    { name: "getNet", parameters: { revenue: { type: "float" } }, required: ["revenue"] },
    { name: "getGross", parameters: {} },
  ],
  answers: [{ tool: "getNet", parameters: { revenue: "5" } }],
};

let home: string;
let from: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "whetstone-data-"));
  from = join(home, "sealtool.json");
  writeFileSync(from, JSON.stringify([record, record]));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

async function run(...words: readonly string[]): Promise<RecordingTerminal> {
  const terminal = createRecordingTerminal();
  const program = new Command().exitOverride();
  addDataCommand(program, { settings: loadSettings({ WHETSTONE_HOME: home }), terminal });
  await program.parseAsync(["node", "whetstone", "data", ...words]);
  return terminal;
}

describe("data list", () => {
  it("lists every benchmark, and shows the download commands of one", async () => {
    const { results } = await run("list");
    expect(results.some((line) => /^nexusraven +318 +CC-BY-NC/.test(line))).toBe(true);
    const one = (await run("list", "bfcl-multiple")).results;
    expect(one.filter((line) => line.startsWith("curl "))).toHaveLength(2);
    expect(one[3]).toMatch(/-o DIR\/possible_answer\/BFCL_v4_multiple\.json https:\/\/raw\./);
    expect(one.at(-1)).toBe("npx whetstone data import bfcl-multiple --from DIR");
  });
});

describe("data check", () => {
  it("lists oddities with all record numbers, and fails for an unknown file", async () => {
    const terminal = createRecordingTerminal();
    const program = new Command().exitOverride();
    addDataCommand(program, { settings: loadSettings({ WHETSTONE_HOME: home }), terminal });
    const words = ["node", "whetstone", "data", "check", "sealtool", "--from", home];
    await expect(program.parseAsync(words)).rejects.toMatchObject({
      code: "DATA_CHECK_FAILED",
      message: "sealtool: expected 294 records, found 2.",
    });
    const text = terminal.results.join("\n");
    expect(text).toContain(`file ${from}: SHA-256 `);
    expect(text).toContain(", unknown file");
    expect(text).toContain("warning: gold gives text for a number: all (0, 1)");
    expect(text).toContain("warning: repeats an earlier record: 1 of 2 (1)");
  });

  it("checks a user's own file by its format", async () => {
    const { results } = await run("check", "--format", "sealtool", "--path", from);
    expect(results[0]).toMatch(/^sealtool: 2 records, content [0-9a-f]{64}$/);
    expect(results).toContain("candidates per record: 2; gold tool first, second, ...: 2");
  });
});

describe("data import", () => {
  it("writes the imported records, by default below WHETSTONE_HOME", async () => {
    const { results, notes } = await run("import", "sealtool", "--from", home);
    const path = join(home, "data", "sealtool.jsonl");
    const again = await importDataset({ name: "sealtool", format: "openai-jsonl", path });
    expect(results).toEqual([`${path}: 2 records, content ${again.contentHash}`]);
    expect(notes.some((note) => note.includes("is not a known file"))).toBe(true);
  });

  it("leaves nothing behind for bad input", async () => {
    writeFileSync(from, JSON.stringify([record, { ...record, tools: [] }]));
    await expect(run("import", "sealtool", "--from", home)).rejects.toMatchObject({
      code: "SAMPLE_WITHOUT_TOOLS",
    });
    expect(readdirSync(home)).toEqual(["sealtool.json"]);
  });

  it("follows a link, which stays, and writes into a device", async () => {
    const link = join(home, "link.jsonl");
    symlinkSync("target.jsonl", link);
    await run("import", "sealtool", "--from", home, "--out", link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    const again = await importDataset({ name: "x", format: "openai-jsonl", path: link });
    expect(again.samples.length).toBe(2);
    await run("import", "sealtool", "--from", home, "--out", "/dev/null");
    expect(lstatSync("/dev/null").isFile()).toBe(false);
  });

  it("says that a file cannot be written, and leaves no part of one", async () => {
    for (const out of [join(from, "x.jsonl"), home]) {
      await expect(run("import", "sealtool", "--from", home, "--out", out)).rejects.toMatchObject({
        code: "OUTPUT_NOT_WRITABLE",
      });
    }
    expect(readdirSync(home)).toEqual(["sealtool.json"]);
    expect(existsSync(`${home}.${process.pid}.part`)).toBe(false);
  });
});

describe("renderRows", () => {
  it("writes runs of three or more as a range", () => {
    expect(renderRows([1, 2, 4, 30, 31, 32, 33, 40])).toBe("1, 2, 4, 30-33, 40");
    expect(renderRows([])).toBe("");
  });
});
