import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isErrorCode } from "../../../../domain/errors/codes.js";
import { repositoryRoot } from "../../../../infra/repository.js";

const engineFiles = join(repositoryRoot, "engine", "src", "whetstone_engine", "model_files");

it("knows and explains every code of the engine's model files", () => {
  const codes = new Set(
    readdirSync(engineFiles)
      .filter((name) => name.endsWith(".py"))
      .flatMap((name) => [
        ...readFileSync(join(engineFiles, name), "utf8").matchAll(/"((?:MODEL|DATASET)_[A-Z_]+)"/g),
      ])
      .map(([, code]) => code ?? ""),
  );
  expect(codes.size).toBe(15);
  expect([...codes].filter((code) => !isErrorCode(code))).toEqual([]);
});
