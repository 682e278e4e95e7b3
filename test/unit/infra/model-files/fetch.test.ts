import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MakeModel } from "../../../../infra/model-files/fetch.js";
import { fetchModel } from "../../../../infra/model-files/fetch.js";
import {
  findKnownModel,
  isModelComplete,
  isModelName,
} from "../../../../infra/model-files/known.js";

const model = findKnownModel("smollm2-135m")!;
let home: string;
let lines: string[];
let made: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "whetstone-models-"));
  lines = [];
  made = 0;
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** Writes a small model instead of downloading one. */
const make: MakeModel = async (_model, staging) => {
  made += 1;
  const target = join(staging, "model");
  mkdirSync(target);
  writeFileSync(join(target, "config.json"), "{}");
  writeFileSync(join(target, "tokenizer.json"), "{}");
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(target, "model.safetensors"), "weights");
  return target;
};

const directory = () => join(home, "models", model.name);
const run = (maker: MakeModel = make) =>
  fetchModel(model, directory(), (line) => lines.push(line), maker);

describe("fetchModel", () => {
  it("installs the model, reports it, and leaves no other files", async () => {
    await run();
    expect(isModelComplete(directory())).toBe(true);
    expect(readdirSync(join(home, "models"))).toEqual([model.name]);
    expect(lines[0]).toContain("SmolLM2-135M-Instruct, Apache-2.0");
    expect(lines.at(-1)).toMatch(/^model smollm2-135m: ready after [\d.]+ s$/);
  });

  it("does nothing if the model exists", async () => {
    await run();
    await run();
    expect(made).toBe(1);
  });

  it("leaves no files if it fails, and the next start retries", async () => {
    const failing: MakeModel = async (known, staging, report) => {
      await make(known, staging, report);
      throw new Error("registry is down");
    };
    await expect(run(failing)).rejects.toThrow("registry is down");
    expect(readdirSync(join(home, "models"))).toEqual([]);
    await run();
    expect(isModelComplete(directory())).toBe(true);
  });

  it("deletes the files of a killed process, and replaces an incomplete model", async () => {
    const left = join(home, "models", `.${model.name}-999999999-00000000`);
    mkdirSync(left, { recursive: true });
    mkdirSync(directory());
    writeFileSync(join(directory(), "config.json"), "half");
    await run();
    expect(existsSync(left)).toBe(false);
    expect(isModelComplete(directory())).toBe(true);
    expect(readdirSync(join(home, "models"))).toEqual([model.name]);
  });
});

describe("isModelName", () => {
  it("distinguishes names from directories", () => {
    expect(["tiny", "smollm2-135m", "./tiny", "gpt2"].map(isModelName)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
