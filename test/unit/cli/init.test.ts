import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addInitCommand } from "../../../cli/commands/init.js";
import { importDataset } from "../../../datasets/index.js";
import { loadSettings } from "../../../infra/settings.js";
import { loadConfig } from "../../../planning/load-config.js";
import { createRecordingTerminal } from "./recording-terminal.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-init-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function init(directory: string): Promise<void> {
  const program = new Command().exitOverride();
  addInitCommand(program, { settings: loadSettings({}), terminal: createRecordingTerminal() });
  await program.parseAsync(["node", "whetstone", "init", directory]);
}

it("writes a valid config for a real model and five readable records", async () => {
  await init(join(folder, "new/place"));
  const { config } = loadConfig(join(folder, "new/place/my-first.yaml"), []);
  const [dataset] = config.datasets;
  expect(config.model).not.toBe("tiny");
  expect(dataset?.path).toBe(join(folder, "new/place/my-data.jsonl"));
  const imported = await importDataset({
    name: "mine",
    format: "openai-jsonl",
    path: dataset?.path ?? "",
  });
  expect(imported.samples).toHaveLength(5);
});

it("never replaces a file, and then writes none", async () => {
  const path = join(folder, "my-data.jsonl");
  writeFileSync(path, "mine");
  await expect(init(folder)).rejects.toMatchObject({
    code: "OUTPUT_EXISTS",
    message: `${path} exists already. Nothing was written.`,
  });
  expect(readFileSync(path, "utf8")).toBe("mine");
  expect(existsSync(join(folder, "my-first.yaml"))).toBe(false);
});

it.skipIf(!existsSync("/proc/self"))("names a directory that cannot be written", async () => {
  await expect(init("/proc/x")).rejects.toMatchObject({
    code: "OUTPUT_NOT_WRITABLE",
    message: "/proc/x cannot be written: ENOENT: no such file or directory, mkdir '/proc/x'.",
    hint: "name another directory: one that you may write to",
  });
});
