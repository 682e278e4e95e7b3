import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { isErrorCode } from "../../domain/errors/codes.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { JsonObject } from "../../domain/json/value.js";
import { enginePython } from "../dev-stack/engine-service.js";
import { hideSecrets } from "./hide-secrets.js";
import type { Progress } from "./progress-meter.js";

type ModelEvent =
  | ({ readonly event: "progress" } & Progress)
  | { readonly event: "result"; readonly value: JsonObject }
  | {
      readonly event: "error";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

/**
 * Runs one job of `whetstone_engine.model_files` (its `__main__` lists them) and returns its result, null where it has
 * none. Throws the failure that the job names, `MODEL_CONVERSION_FAILED` where it crashes, `ENGINE_MISSING`.
 */
export async function runModelJob(
  job: JsonObject,
  onProgress: (progress: Progress) => void,
): Promise<JsonObject | null> {
  if (!existsSync(enginePython)) {
    throw new WhetstoneError("The engine's Python environment, engine/.venv, is missing.", {
      code: "ENGINE_MISSING",
      hint: "npm run setup",
    });
  }
  const child = spawn(enginePython, ["-W", "ignore", "-m", "whetstone_engine.model_files"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TRANSFORMERS_VERBOSITY: "error", TQDM_DISABLE: "1" },
  });
  // Kept open: the job ends when this process is gone.
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  let errorText = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errorText = (errorText + chunk).slice(-4000);
  });
  const outcome: { result: JsonObject | null; failure?: WhetstoneError } = { result: null };
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const event = JSON.parse(line) as ModelEvent;
    if (event.event === "progress") onProgress(event);
    else if (event.event === "result") outcome.result = event.value;
    else outcome.failure = toError(event);
  });
  const problem = await new Promise<string | null>((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      resolve(code === 0 ? null : signal === null ? `exit code ${code}` : `stopped by ${signal}`);
    });
  });
  child.stdin.destroy();
  if (problem === null) return outcome.result;
  throw outcome.failure ?? crashed(problem, errorText);
}

function toError(event: { code: string; message: string; hint: string }): WhetstoneError {
  return new WhetstoneError(hideSecrets(event.message), {
    code: isErrorCode(event.code) ? event.code : "MODEL_CONVERSION_FAILED",
    hint: hideSecrets(event.hint),
  });
}

function crashed(problem: string, text: string): WhetstoneError {
  const end = hideSecrets(text).trim().split("\n").slice(-5).filter(Boolean);
  return new WhetstoneError(
    [`The model could not be prepared (${problem})${end.length > 0 ? ":" : "."}`, ...end].join(
      "\n    ",
    ),
    {
      code: "MODEL_CONVERSION_FAILED",
      hint: "check that 4 GB of memory are free, then run the same command again",
      retryable: true,
    },
  );
}
