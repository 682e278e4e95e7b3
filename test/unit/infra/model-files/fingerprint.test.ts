import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  fingerprintModel,
  resolveModelDirectory,
} from "../../../../infra/model-files/fingerprint.js";
import { createWorkspace } from "../../planning/fixtures.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("fingerprintModel", () => {
  it("hashes only the model's files, sorted by name in byte order", async () => {
    const model = join(createWorkspace().folder, "model");
    writeFileSync(join(model, "README.md"), "not part of it");
    writeFileSync(join(model, "Zebra.txt"), "z");
    mkdirSync(join(model, "folder.json"));
    const lines = [
      `${sha256("z")}  Zebra.txt\n`,
      `${sha256('{"model_type":"llama"}')}  config.json\n`,
      `${sha256("weights")}  model.safetensors\n`,
      `${sha256("{}")}  tokenizer.json\n`,
    ];
    expect(await fingerprintModel(model)).toBe(sha256(lines.join("")));
  });

  it("changes with a file's content", async () => {
    const model = join(createWorkspace().folder, "model");
    const before = await fingerprintModel(model);
    writeFileSync(join(model, "config.json"), '{"model_type":"qwen2"}');
    expect(await fingerprintModel(model)).not.toBe(before);
  });
});

describe("resolveModelDirectory", () => {
  it("accepts a directory with weights, configuration and tokenizer", () => {
    const model = join(createWorkspace().folder, "model");
    expect(resolveModelDirectory(model)).toBe(model);
  });

  it("names the missing files of a directory", () => {
    const model = join(createWorkspace().folder, "model");
    rmSync(join(model, "config.json"));
    rmSync(join(model, "model.safetensors"));
    expect(() => resolveModelDirectory(model)).toThrow(
      expect.objectContaining({
        code: "MODEL_DIRECTORY_INVALID",
        message: `${model} is not a model directory: config.json, *.safetensors are missing.`,
      }),
    );
  });

  it("reports a missing directory", () => {
    expect(() => resolveModelDirectory("/no/such/model")).toThrow(
      "/no/such/model is not a model directory: the directory itself is missing.",
    );
  });
});
