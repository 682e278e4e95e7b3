import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readSource } from "../../../../infra/model-files/read-source.js";
import { provideModel } from "../../../../infra/model-files/provide.js";
import { repositoryRoot } from "../../../../infra/repository.js";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "whetstone-provide-"));
  vi.stubEnv("WHETSTONE_HOME", home);
  // Nothing may be asked for.
  vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

function storeFiles(name: string): string {
  const directory = join(home, "models", name);
  mkdirSync(directory, { recursive: true });
  for (const file of ["config.json", "tokenizer.json", "model.safetensors"]) {
    writeFileSync(join(directory, file), "{}");
  }
  return directory;
}

it("finds the bundled model", async () => {
  expect(await provideModel("tiny")).toBe(join(repositoryRoot, "models", "tiny"));
});

it("uses a stored model without asking anybody", async () => {
  const directory = storeFiles("qwen2.5-coder-0.5b");
  expect(await provideModel("qwen2.5-coder-0.5b")).toBe(directory);
});

it("keeps the commit that a revision once meant", async () => {
  const directory = storeFiles("Qwen--Small-0123456789ab");
  mkdirSync(join(home, "models", ".revisions"));
  writeFileSync(join(home, "models", ".revisions", "Qwen%2FSmall%40main"), `${COMMIT}\n`);
  expect(await provideModel("hf:Qwen/Small")).toBe(directory);
  expect(await provideModel("Qwen/Small")).toBe(directory);
  expect(await provideModel(`hf:Qwen/Small@${COMMIT}`)).toBe(directory);
});

it("names a file that is not there", async () => {
  await expect(provideModel("/no/such/model.gguf")).rejects.toMatchObject({
    code: "MODEL_FILE_INVALID",
    message: "There is no file /no/such/model.gguf.",
  });
});

it("reads where a model came from", () => {
  const directory = storeFiles("any");
  expect(readSource(directory)).toBeNull();
  writeFileSync(join(directory, ".whetstone-source"), `{"commit": "${COMMIT}"}\n`);
  expect(readSource(directory)).toEqual({ commit: COMMIT });
});
