import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { importDataset } from "../../../../datasets/index.js";
import { enginePython } from "../../../../infra/dev-stack/engine-service.js";
import { provideData } from "../../../../infra/model-files/provide-data.js";
import { readFileSource } from "../../../../infra/model-files/read-source.js";
import { repositoryRoot } from "../../../../infra/repository.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const RECORD = {
  id: 1,
  query: "When does the ferry leave?",
  tools: JSON.stringify([{ name: "ferry_times", parameters: { line: { type: "str" } } }]),
  answers: JSON.stringify([{ name: "ferry_times", arguments: { line: "Nordsund" } }]),
};

let folder: string;
let hub: ChildProcess | null;
const notes: string[] = [];
const report = {
  isInteractive: false,
  note: (line: string) => void notes.push(line),
  live: () => undefined,
};
const provide = async (path: string) => (await provideData({ path }, report)).path;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-hub-data-"));
  hub = null;
  notes.length = 0;
  vi.stubEnv("WHETSTONE_HOME", join(folder, "home"));
  vi.stubEnv("HF_HOME", join(folder, "hf"));
  vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  if (hub !== null) {
    hub.stdin?.end();
    await once(hub, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** Serves files as the data set maker/ferries. */
async function startHub(files: Readonly<Record<string, string>>, token: string): Promise<void> {
  const served = join(folder, "served");
  mkdirSync(served);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(served, name), text);
  const tests = join(repositoryRoot, "engine", "tests");
  hub = spawn(enginePython, ["-m", "support.serve_hub", "datasets/maker/ferries", served], {
    cwd: tests,
    env: { ...process.env, HUB_TOKEN: token },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [endpoint] = (await once(createInterface({ input: hub.stdout! }), "line")) as [string];
  vi.stubEnv("HF_ENDPOINT", endpoint);
}

describe("provideData", () => {
  it("keeps a path of this machine", async () => {
    const spec = { name: "x", format: "xlam", path: "/data/x.jsonl" };
    expect(await provideData(spec, report)).toBe(spec);
    expect(await provideData({}, report)).toEqual({});
  });

  it("refuses a text that names no data set", async () => {
    await expect(provide("hf:ferries")).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: "hf:ferries does not name a data set on the Hub.",
      hint: "write it as hf:ORG/NAME, hf:ORG/NAME@REVISION or hf:ORG/NAME@REVISION/FILE",
    });
  });

  it(
    "downloads once, with the token of the environment, and keeps commit and hash",
    { timeout: 240_000 },
    async () => {
      const text = JSON.stringify([RECORD]);
      await startHub({ "README.md": "# hi", "rows.json": text }, "hf_secret");
      await expect(provide("hf:maker/ferries")).rejects.toMatchObject({
        code: "DATASET_ACCESS_DENIED",
        message: "maker/ferries is gated, and HF_TOKEN is not set.",
      });
      vi.stubEnv("HF_TOKEN", "hf_secret");
      const path = await provide("hf:maker/ferries");
      expect(path).toBe(
        join(folder, "home", "hub-data", "maker--ferries-0123456789ab", "rows.json"),
      );
      expect(readFileSync(path, "utf8")).toBe(text);
      expect(readFileSource(path)).toMatchObject({
        repository: "maker/ferries",
        commit: COMMIT,
        files: { "rows.json": expect.stringMatching(/^git:[0-9a-f]{40}$/) as string },
      });
      expect(notes.join("\n")).not.toContain("hf_secret");
      // Nothing is asked for any more.
      vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
      expect(await provide("hf:maker/ferries")).toBe(path);
      expect(await provide(`hf:maker/ferries@${COMMIT}`)).toBe(path);
      const { samples } = await importDataset({ name: "ferries", format: "xlam", path });
      expect(samples[0]?.gold.calls).toEqual(JSON.parse(RECORD.answers));
    },
  );
});
