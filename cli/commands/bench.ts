import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { enginePython } from "../../infra/dev-stack/engine-service.js";
import { repositoryRoot } from "../../infra/repository.js";
import { fingerprintModel } from "../../infra/model-files/fingerprint.js";
import { provideModel } from "../../infra/model-files/provide.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";

interface BenchOptions {
  readonly model: string;
  readonly samples: number;
  readonly batch: string;
  readonly scope: string;
  readonly threads?: number;
  readonly few: number;
  readonly baseline: number;
  readonly device: string;
  readonly out?: string;
}

/** `whetstone bench engine`: compares the engine with the paper's pipeline in one run on this machine. */
export function addBenchCommand(program: Command, context: CommandContext): void {
  const bench = program.command("bench").description("measure speed on this machine");
  bench
    .command("engine")
    .description(
      "compare the engine with the paper's pipeline (transformers, PEFT, one request at a time)",
    )
    .option("--model <name>", "model by name, hf:ORG/NAME, .gguf file or directory", "tiny")
    .option("--samples <n>", "samples to run", parseCount, 32)
    .option("--batch <sizes>", "samples in flight, comma-separated", parseBatches, "1,8,32")
    .option("--scope <scopes>", "adapter scopes: all, answer or both", parseScopes, "all,answer")
    .option("--threads <n>", "threads for both; default: the engine's choice", parseCount)
    .option("--baseline <n>", "samples to run on the baseline too", parseCount, 8)
    .option("--few <n>", "samples to run at the smaller batch sizes", parseCount, 8)
    .option("--device <name>", "`cpu` or `cuda`, for both", "cpu")
    .option("--out <file>", "also write the measurements as JSON")
    .action(async (options: BenchOptions) => {
      const code = await runBench(options, context);
      if (code !== 0) {
        throw new WhetstoneError(`The benchmark ended with exit code ${code}.`, {
          code: "BENCH_FAILED",
          hint: "See its last lines for the reason. DIFFERENT means that engine and libraries disagree; report it.",
        });
      }
      process.exitCode = exitCodes.ok;
    });
}

async function runBench(options: BenchOptions, context: CommandContext): Promise<number> {
  if (!existsSync(enginePython)) {
    throw new WhetstoneError("The engine's Python environment, engine/.venv, is missing.", {
      code: "ENGINE_MISSING",
      hint: "npm run setup",
    });
  }
  const directory = await provideModel(options.model, context.terminal);
  // Throws MODEL_DIRECTORY_INVALID if files are missing.
  await fingerprintModel(directory);
  const child = spawn(
    enginePython,
    [
      ...["-W", "ignore", "-m", "benchmarks.bench_engine", "--model", resolve(directory)],
      ...["--samples", String(options.samples), "--batch", options.batch],
      ...["--scope", options.scope, "--device", options.device],
      ...["--few", String(options.few), "--baseline", String(options.baseline)],
      ...(options.threads === undefined ? [] : ["--threads", String(options.threads)]),
      ...(options.out === undefined ? [] : ["--json", resolve(options.out)]),
    ],
    {
      cwd: join(repositoryRoot, "engine"),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PYTHONUNBUFFERED: "1", TQDM_DISABLE: "1" },
    },
  );
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => {
      done(code ?? exitCodes.interrupted);
    });
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidArgumentError("Give a whole number of at least 1.");
  }
  return count;
}

function parseBatches(text: string): string {
  if (!/^[1-9]\d*(,[1-9]\d*)*$/.test(text)) {
    throw new InvalidArgumentError("Give whole numbers separated by commas, as in 1,8,32.");
  }
  return text;
}

function parseScopes(text: string): string {
  if (!/^(all|answer)(,(all|answer))?$/.test(text)) {
    throw new InvalidArgumentError("Give all, answer or all,answer.");
  }
  return text;
}
