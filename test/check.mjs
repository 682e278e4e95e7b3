// Runs the checks of `npm run check` side by side, as many at a time as there are processors. Prints a line for each
// that passes and the whole output of each that fails.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Scripts of package.json, the slowest first. */
const waiting = ["test:unit", "lint", "types", "format:check", "unused"];

/** Runs one script; true if it succeeds. */
async function runScript(name) {
  const begin = performance.now();
  const child = spawn("npm", ["run", "--silent", name], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const outcome = code === 0 ? "passed" : "failed";
  process.stdout.write(`${code === 0 ? "" : output}${name.padEnd(14)} ${outcome} (${seconds} s)\n`);
  return code === 0;
}

async function runNext() {
  let passed = true;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
    passed = (await runScript(name)) && passed;
  return passed;
}

const lanes = Array.from({ length: Math.max(2, availableParallelism()) }, runNext);
const passed = (await Promise.all(lanes)).every(Boolean);
process.exitCode = passed ? 0 : 1;
