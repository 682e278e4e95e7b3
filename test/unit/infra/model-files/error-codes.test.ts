import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../../../infra/repository.js";

const engineFiles = join(repositoryRoot, "engine", "src", "whetstone_engine", "model_files");

it("knows and explains every code of the engine's model files", () => {
  const codes = new Set(
    readdirSync(engineFiles)
      .filter((name) => name.endsWith(".py"))
      .flatMap((name) => [
        ...readFileSync(join(engineFiles, name), "utf8").matchAll(/"(MODEL_[A-Z_]+)"/g),
      ])
      .map(([, code]) => code ?? ""),
  );
  const job = readFileSync(join(repositoryRoot, "infra", "model-files", "model-job.ts"), "utf8");
  const page = readFileSync(join(repositoryRoot, "docs", "errors.md"), "utf8");
  expect(codes.size).toBe(9);
  expect([...codes].filter((code) => !job.includes(`"${code}"`))).toEqual([]);
  expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
