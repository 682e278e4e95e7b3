import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryRoot } from "../../infra/repository.js";
import { memoryOf } from "./process-usage.js";

/** Runs a command of `whetstone`; returns its seconds and most memory, MB. Throws if it fails. */
export async function timeCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  log: string,
): Promise<{ readonly seconds: number; readonly peak: number }> {
  const messages = openSync(log, "w");
  const from = performance.now();
  const child = spawn(process.execPath, [join(repositoryRoot, "bin", "whetstone.mjs"), ...words], {
    stdio: ["ignore", messages, messages],
    env: { ...process.env, ...environment },
  });
  let code: number | null | undefined;
  child.once("exit", (exit) => {
    code = exit;
  });
  let peak = 0;
  while (code === undefined) {
    peak = Math.max(peak, memoryOf(child.pid ?? 0).peak);
    await sleep(20);
  }
  if (code !== 0) {
    throw new Error(
      `${words.join(" ")} ended with ${code}: ${readFileSync(log, "utf8").slice(-500)}`,
    );
  }
  return { seconds: (performance.now() - from) / 1000, peak };
}
