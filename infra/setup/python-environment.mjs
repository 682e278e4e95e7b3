import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { runCommand } from "./command.mjs";
import { hashInputs, isStamped, leaveStamp } from "./stamp.mjs";
import { executable, findOrInstallUv } from "./uv.mjs";

/** Packages that only a CUDA build of torch needs. */
const cudaPackage = /^(nvidia-|cuda-|triton$)/;

/**
 * Makes engine/.venv from engine/uv.lock, all groups (tests, linters and the Temporal CLI too).
 * `findPython` is called only when something has to be installed.
 */
export function installPythonEnvironment(root, findPython, progress) {
  const engine = join(root, "engine");
  const environment = join(engine, ".venv");
  const stampFile = join(environment, ".whetstone-stamp");
  const torchIndex = process.env.WHETSTONE_TORCH_INDEX ?? "";
  const lockFile = join(engine, "uv.lock");
  const hash = hashInputs([lockFile, join(engine, "pyproject.toml")], [root, torchIndex]);
  const python = executable(environment, "python");
  if (isStamped(stampFile, hash) && existsSync(python)) return;

  const chosenPython = findPython();
  const uv = findOrInstallUv(root, () => chosenPython, progress);
  const what = torchIndex === "" ? "" : `, torch from ${torchIndex}`;
  progress.step(`Python environment (uv sync${what})`, () => {
    const options = {
      cwd: root,
      // An activated environment of the user's is not ours to fill.
      env: { VIRTUAL_ENV: "", UV_PROJECT_ENVIRONMENT: environment },
      code: "PYTHON_INSTALL_FAILED",
      hint: "check that PyPI can be reached and that 7 GB are free, then `npm run setup`",
    };
    const sync = ["sync", "--project", engine, "--frozen", "--all-groups"];
    sync.push("--python", chosenPython);
    if (torchIndex === "") {
      runCommand(uv, sync, options);
      return;
    }
    const locked = readLockedVersions(lockFile);
    const skipped = ["torch", ...[...locked.keys()].filter((name) => cudaPackage.test(name))];
    runCommand(
      uv,
      [...sync, ...skipped.flatMap((name) => ["--no-install-package", name])],
      options,
    );
    const torch = `torch==${locked.get("torch") ?? ""}`;
    const install = ["pip", "install", "--python", python, "--no-deps", "--index-url", torchIndex];
    runCommand(uv, [...install, torch], {
      ...options,
      hint: `check that ${torchIndex} has ${torch}, or unset WHETSTONE_TORCH_INDEX, then \`npm run setup\``,
    });
  });
  leaveStamp(stampFile, hash);
}

/** Package names and versions of a uv.lock file. */
function readLockedVersions(lockFile) {
  const versions = new Map();
  const entry = /\[\[package\]\]\r?\nname = "([^"]+)"\r?\nversion = "([^"]+)"/g;
  for (const [, name, version] of readFileSync(lockFile, "utf8").matchAll(entry)) {
    versions.set(name, version);
  }
  return versions;
}
