import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isModelComplete } from "../../../../infra/model-files/known.js";
import type { MakeFolders } from "../../../../infra/model-files/store-folder.js";
import { storeModel } from "../../../../infra/model-files/store-model.js";

let home: string;
let lines: string[];
let made: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "whetstone-models-"));
  vi.stubEnv("WHETSTONE_HOME", home);
  lines = [];
  made = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

/** Writes a small model instead of downloading one. */
async function make({ target, cache }: MakeFolders): Promise<void> {
  made += 1;
  mkdirSync(cache, { recursive: true });
  mkdirSync(target);
  writeFileSync(join(target, "config.json"), "{}");
  writeFileSync(join(target, "tokenizer.json"), "{}");
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(target, "model.safetensors"), "weights");
  rmSync(cache, { recursive: true });
}

const models = () => join(home, "models");
const directory = () => join(models(), "small");
const report = {
  isInteractive: false,
  note: (line: string) => lines.push(line),
  live: () => undefined,
};
const run = (maker = make) => storeModel("small", report, maker);

describe("storeModel", () => {
  it("puts the model in place, says so, and leaves nothing beside it", async () => {
    expect(await run()).toBe(directory());
    expect(isModelComplete(directory())).toBe(true);
    expect(readdirSync(models())).toEqual(["small"]);
    expect(lines).toEqual([
      expect.stringMatching(/^model small: ready after [\d.]+ s, in .*small$/),
    ]);
  });

  it("does nothing where the model is there", async () => {
    await run();
    await run();
    expect(made).toBe(1);
  });

  it("makes it once for two commands that start together", async () => {
    await Promise.all([run(), run()]);
    expect(made).toBe(1);
    expect(lines).toContain("model small: another command prepares it; waiting ...");
  });

  it("keeps what was downloaded where it fails, and nothing that looks like a model", async () => {
    const failing = async ({ target, cache }: MakeFolders) => {
      mkdirSync(cache);
      mkdirSync(target);
      writeFileSync(join(cache, "part"), "downloaded");
      await Promise.reject(new Error("the index is down"));
    };
    await expect(run(failing)).rejects.toThrow("the index is down");
    expect(readdirSync(models())).toEqual([".small.download"]);
    await run();
    expect(readdirSync(models())).toEqual(["small"]);
  });

  it("takes over from a killed process, and replaces an incomplete model", async () => {
    const left = join(models(), ".small.staging");
    mkdirSync(left, { recursive: true });
    writeFileSync(
      join(models(), ".small.lock"),
      JSON.stringify({ pid: 999_999_999, identity: "none" }),
    );
    mkdirSync(directory());
    writeFileSync(join(directory(), "config.json"), "half");
    await run();
    expect(existsSync(left)).toBe(false);
    expect(readdirSync(models())).toEqual(["small"]);
    expect(isModelComplete(directory())).toBe(true);
  });
});
