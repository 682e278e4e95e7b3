import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

import { runCommand } from "./command.mjs";
import { hashInputs, isStamped, leaveStamp } from "./stamp.mjs";
import { executable, findOrInstallUv } from "./uv.mjs";

/** Packages that only a CUDA build of torch needs. */
const cudaPackage = /^(nvidia-|cuda-|triton$)/;

/** Whether engine/.venv was built from the current lock file. */
export function isPythonEnvironmentReady(root) {
  const { stampFile, hash, python } = describeEnvironment(root);
  return isStamped(stampFile, hash) && existsSync(python);
}

/**
 * Builds engine/.venv from engine/uv.lock with this Python and all dependency groups (tests,
 * linters and the Temporal CLI).
 */
export function installPythonEnvironment(root, chosenPython, progress) {
  const { engine, environment, torchIndex, lockFile, stampFile, hash, python } =
    describeEnvironment(root);
  const uv = findOrInstallUv(root, chosenPython, progress);
  // If this file exists, an earlier setup was interrupted and a package may be partially installed.
  const unfinished = join(root, ".whetstone", "python-environment-unfinished");
  if (existsSync(unfinished)) rmSync(environment, { recursive: true, force: true });
  mkdirSync(dirname(unfinished), { recursive: true });
  writeFileSync(unfinished, "");
  const what = torchIndex === "" ? "" : `, torch from ${torchIndex}`;
  progress.step(`Python environment (uv sync${what})`, () => {
    const options = {
      cwd: root,
      // Never install into an environment that the user has activated.
      env: { VIRTUAL_ENV: "", UV_PROJECT_ENVIRONMENT: environment },
      code: "PYTHON_INSTALL_FAILED",
      hint: "check that PyPI is reachable and that 7 GB of disk are free, then `npm run setup`",
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
  rmSync(unfinished);
}

function describeEnvironment(root) {
  const engine = join(root, "engine");
  const environment = join(engine, ".venv");
  const torchIndex = process.env.WHETSTONE_TORCH_INDEX ?? "";
  const lockFile = join(engine, "uv.lock");
  return {
    engine,
    environment,
    torchIndex,
    lockFile,
    stampFile: join(environment, ".whetstone-stamp"),
    hash: hashInputs([lockFile, join(engine, "pyproject.toml")], [root, torchIndex]),
    python: executable(environment, "python"),
  };
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
