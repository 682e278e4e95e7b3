import { spawnSync } from "node:child_process";
import process from "node:process";

import { SetupError } from "./error.mjs";

/**
 * Runs a command to completion and shows its output on stderr (stdout stays free for results).
 * Throws a SetupError with `code` and `hint` if it cannot be started or fails.
 */
export function runCommand(command, args, { cwd, env = {}, code, hint }) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.error !== undefined) {
    throw new SetupError(code, `${command} could not be started: ${result.error.message}`, hint);
  }
  if (result.signal !== null) {
    throw new SetupError(code, `${command} was stopped by ${result.signal}.`, "npm run setup");
  }
  if (result.status !== 0) {
    const line = [command, ...args].join(" ");
    throw new SetupError(code, `\`${line}\` ended with exit code ${String(result.status)}.`, hint);
  }
}

/** First line that a command prints; null if it cannot be started or fails. */
export function readCommand(command, args) {
  const result = spawnSync(command, args, { encoding: "utf8", timeout: 30_000 });
  if (result.error !== undefined || result.status !== 0) return null;
  return `${result.stdout}${result.stderr}`.trim().split("\n")[0] ?? "";
}
