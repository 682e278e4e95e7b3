import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/repository.js";

/** The files that setup and the launcher consist of. */
const parts = ["package.json", "package-lock.json", "bin", "infra", "engine", "cli"];
/** Leftovers of an earlier setup or test in these folders. */
const leftovers = new Set([".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis"]);

let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "whetstone-setup-"));
  for (const part of parts) {
    cpSync(join(repositoryRoot, part), join(clone, part), {
      recursive: true,
      filter: (source) => !leftovers.has(basename(source)),
    });
  }
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

/** Runs setup to completion. */
function runSetup(environment: NodeJS.ProcessEnv = {}): { code: number | null; stderr: string } {
  const result = spawnSync(process.execPath, ["infra/setup.mjs"], {
    cwd: clone,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  return { code: result.status, stderr: result.stderr };
}

/** Starts setup and kills it, with its child processes, once it has printed `text`. */
async function interruptSetup(text: string): Promise<void> {
  const child = spawn(process.execPath, ["infra/setup.mjs"], {
    cwd: clone,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      // Wait until the step is really running.
      if (stderr.includes(text)) setTimeout(resolve, 700);
    });
    child.on("close", () => {
      reject(new Error(`ended before it printed ${text}:\n${stderr}`));
    });
  });
  process.kill(-child.pid!, "SIGKILL");
}

describe("setup of a fresh clone", () => {
  it("is requested by the command line", () => {
    const result = spawnSync(process.execPath, ["bin/whetstone.mjs", "status"], {
      cwd: clone,
      encoding: "utf8",
    });
    expect(result.stderr).toBe(
      "error SETUP_MISSING: The npm packages are not installed.\n  next: npm run setup\n",
    );
    expect(result.status).toBe(1);
  });

  it("reports what is missing in one message before it installs anything", () => {
    const { code, stderr } = runSetup({ WHETSTONE_PYTHON: "/nowhere/python" });
    expect(stderr).toBe(
      "error PYTHON_MISSING: Python was not found on the PATH (looked for /nowhere/python).\n" +
        "  next: install Python 3.11 or newer, or set WHETSTONE_PYTHON to one, then run the same command again\n",
    );
    expect(code).toBe(1);
    expect(existsSync(join(clone, "node_modules"))).toBe(false);
  });

  it("resumes after a kill in each step, and then has nothing to do", async () => {
    await interruptSetup("setup: npm packages (npm ci) ...");
    await interruptSetup("setup: Python environment (uv sync) ...");
    const { code, stderr } = runSetup();
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("npm packages");
    expect(stderr).toMatch(/setup: Python environment \(uv sync\): done in [\d.]+ s\n/);
    expect(stderr).toMatch(/setup: ready after [\d.]+ s\n$/);
    expect(existsSync(join(clone, "engine", ".venv", "bin", "python"))).toBe(true);
    expect(runSetup()).toEqual({ code: 0, stderr: "" });
  });

  it("repeats a step whose lock file has changed", () => {
    appendFileSync(join(clone, "engine", "pyproject.toml"), "\n");
    const { code, stderr } = runSetup();
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("setup: Python environment (uv sync): done in ");
    expect(stderr).not.toContain("npm packages");
  });
});
