import { parseArgs } from "node:util";
import process from "node:process";
import { fuzz } from "./fuzz.js";

/** No case may take longer; the machine may be busy, so the limit is far from what any case needs. */
const LIMIT_MS = 10_000;

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write("usage: npm run fuzz -- --cases 100000 --seed 7\n");
  process.exit(2);
}
process.stdout.write(`seed ${seed}, ${cases} cases\n`);
for (const { target, cases: ran, slowestMs, failure } of await fuzz(cases, seed)) {
  const slow = slowestMs > LIMIT_MS;
  const state = failure !== null ? "FAILED" : slow ? "TOO SLOW" : "ok";
  process.stdout.write(`${target}: ${ran} cases, slowest ${slowestMs.toFixed(1)} ms, ${state}\n`);
  if (failure !== null) process.stdout.write(`${failure}\n`);
  if (failure !== null || slow) process.exitCode = 1;
}
