// Installs everything a fresh clone needs: npm packages, uv, the Python environment, the Temporal
// CLI. Plain JavaScript with built-ins only, because it runs before any dependency exists. Every
// step writes a stamp when it finishes: a second start only compares hashes, and an interrupted
// setup repeats the unfinished step.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { SetupError } from "./setup/error.mjs";
import { installNodePackages } from "./setup/node-packages.mjs";
import { createProgress } from "./setup/progress.mjs";
import { installPythonEnvironment, isPythonEnvironmentReady } from "./setup/python-environment.mjs";
import { findTemporal } from "./setup/temporal.mjs";
import { checkGit, checkNode, findPython } from "./setup/versions.mjs";

const help = `Usage: npm run setup

Installs what Whetstone needs inside this folder: node_modules/, engine/.venv/ and, if uv is not
on the PATH, .whetstone/uv/. Run it again at any time; it does only what is missing.

Environment:
  WHETSTONE_PYTHON       Python >= 3.11 to use instead of the first one on the PATH
  WHETSTONE_TORCH_INDEX  package index for torch, for example https://download.pytorch.org/whl/cpu:
                         a CPU-only torch of some 200 MB instead of one with CUDA libraries (5.6 GB)
  TEMPORAL_ADDRESS       a running Temporal server: no Temporal CLI is needed
`;

function main() {
  if (process.argv.includes("--help") || process.argv.includes("-h")) {
    process.stdout.write(help);
    return;
  }
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const progress = createProgress();
  const nodeRange = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node;
  checkNode(process.versions.node, nodeRange.replace(/^>=/, ""));
  checkGit();
  // Checked before anything is installed: it is better to fail at once than after a minute.
  const python = isPythonEnvironmentReady(root) ? null : findPython(process.env);
  installNodePackages(root, progress);
  if (python !== null) installPythonEnvironment(root, python, progress);
  const temporal = findTemporal(root, process.env);
  progress.done(`Temporal: ${temporal}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`error ${error.code}: ${error.message}\n  next: ${error.hint}\n`);
  process.exitCode = 1;
}
