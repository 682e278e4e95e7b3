import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { KNOWN_MODELS } from "../../../../infra/model-files/known.js";
import {
  canonicalModel,
  readModelReference,
} from "../../../../infra/model-files/model-reference.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-reference-"));
mkdirSync(join(folder, "Qwen", "local"), { recursive: true });
mkdirSync(join(folder, "plain"));
writeFileSync(join(folder, "file.gguf"), "");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("canonicalModel", () => {
  it.each([
    ["tiny", "tiny"],
    ["qwen2.5-coder-1.5b", "qwen2.5-coder-1.5b"],
    ["hf:Qwen/Qwen2.5-1.5B-Instruct", "hf:Qwen/Qwen2.5-1.5B-Instruct"],
    ["Qwen/Qwen2.5-1.5B-Instruct", "hf:Qwen/Qwen2.5-1.5B-Instruct"],
    ["Qwen/Qwen2.5-1.5B-Instruct@v1", "hf:Qwen/Qwen2.5-1.5B-Instruct@v1"],
    ["https://huggingface.co/Qwen/Qwen2.5-1.5B/", "hf:Qwen/Qwen2.5-1.5B"],
    ["Qwen/local", join(folder, "Qwen", "local")],
    ["plain", join(folder, "plain")],
    ["missing", join(folder, "missing")],
    ["./Qwen/missing", join(folder, "Qwen", "missing")],
    ["Qwen/missing.gguf", join(folder, "Qwen", "missing.gguf")],
    ["a/b/c", join(folder, "a", "b", "c")],
    ["/absolute/path", "/absolute/path"],
  ])("reads %s as %s", (model, canonical) => {
    expect(canonicalModel(model, folder)).toBe(canonical);
  });

  it("does not depend on the folder any more once it is canonical", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/);
    const model = fc
      .tuple(fc.constantFrom("", "./", "../", "/", "hf:"), fc.array(part, { minLength: 1 }))
      .map(([start, parts]) => start + parts.join("/"));
    fc.assert(
      fc.property(model, (text) => {
        const once = canonicalModel(text, folder);
        expect(canonicalModel(once, "/somewhere/else")).toBe(once);
      }),
    );
  });
});

describe("readModelReference", () => {
  it("tells the kinds apart", () => {
    expect(readModelReference("tiny")).toEqual({ kind: "bundled" });
    expect(readModelReference("smollm2-135m")).toEqual({ kind: "known", model: KNOWN_MODELS[0] });
    expect(readModelReference("hf:a/b")).toEqual({
      kind: "hub",
      repository: "a/b",
      revision: null,
    });
    expect(readModelReference("hf:a/b@refs/pr/1")).toEqual({
      kind: "hub",
      repository: "a/b",
      revision: "refs/pr/1",
    });
    expect(readModelReference("/m/x.gguf")).toEqual({ kind: "gguf", path: "/m/x.gguf" });
    expect(readModelReference("/m/x")).toEqual({ kind: "directory", path: "/m/x" });
  });
});
