import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readToolVersion, repositoryRoot } from "../../../infra/repository.js";

const program = join(repositoryRoot, "bin", "whetstone.mjs");

/** A copy of the launcher alone: no sources, no packages. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-version-"));
  for (const path of ["bin/whetstone.mjs", "package.json"]) {
    cpSync(join(repositoryRoot, path), join(folder, path));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(["--version", "-V"])("%s needs neither the sources nor a package", (option) => {
  const launcher = join(folder, "bin", "whetstone.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, option], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: `${readToolVersion()}\n`,
    stderr: "",
  });
});

it("any other command names the missing packages", () => {
  const launcher = join(folder, "bin", "whetstone.mjs");
  const { status, stderr } = spawnSync(process.execPath, [launcher, "status"], {
    encoding: "utf8",
  });
  expect(stderr).toBe(
    "error SETUP_MISSING: The npm packages are not installed.\n  next: npm run setup\n",
  );
  expect(status).toBe(1);
});

it.skipIf(!existsSync("/dev/full"))("names standard output that cannot be written", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, "--version"], {
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    encoding: "utf8",
  });
  expect(stderr).toContain("error OUTPUT_NOT_WRITABLE: Standard output cannot be written: ENOSPC");
  expect(status).toBe(1);
});
