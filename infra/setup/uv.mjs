import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { readCommand, runCommand } from "./command.mjs";

/**
 * Path of uv: from the PATH, otherwise a private copy from PyPI in `.whetstone/uv`, installed with
 * this Python on first use.
 */
export function findOrInstallUv(root, python, progress) {
  if (readCommand("uv", ["--version"]) !== null) return "uv";
  const folder = join(root, ".whetstone", "uv");
  const uv = executable(folder, "uv");
  if (readCommand(uv, ["--version"]) !== null) return uv;
  progress.step("uv, from PyPI", () => {
    // A partial environment from an interrupted setup would confuse venv and pip.
    rmSync(folder, { recursive: true, force: true });
    const hint =
      "install uv (https://docs.astral.sh/uv/) or Python's venv module " +
      "(`apt-get install python3-venv`), then `npm run setup`";
    runCommand(python, ["-m", "venv", folder], { cwd: root, code: "UV_INSTALL_FAILED", hint });
    runCommand(executable(folder, "python"), ["-m", "pip", "install", "--quiet", "uv"], {
      cwd: root,
      code: "UV_INSTALL_FAILED",
      hint: "check that PyPI is reachable, or install uv manually, then `npm run setup`",
    });
  });
  return uv;
}

/** Path of a program inside a Python environment, on every platform. */
export function executable(environment, name) {
  const posix = join(environment, "bin", name);
  if (process.platform !== "win32" || existsSync(posix)) return posix;
  return join(environment, "Scripts", `${name}.exe`);
}
