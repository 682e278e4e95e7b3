/**
 * Measures how much longer a small sweep takes beside a large one than alone, in turns:
 * `npx tsx test/benchmarks/two-sweeps.ts [ROUNDS] [SMALL] [LARGE] [VARIANTS]`. One large sweep runs at a time and is
 * cancelled after its round. Every sweep has a seed of its own and samples its answers, so that none finds another's
 * steps. VARIANTS are those of both sweeps, for example `base` or `base,tt-si`.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cancelSweep, startSweep } from "../../cli/sweep/sweep-client.js";
import { openHarness } from "../workflow/harness.js";
import { startServers, stopProcess } from "../workflow/servers.js";
import { spawnWorker } from "../workflow/spawn-worker.js";
import { waitFor } from "../workflow/wait-for.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const SMALL = Number(process.argv[3] ?? 50);
const LARGE = Number(process.argv[4] ?? 1000);
const VARIANTS = (process.argv[5] ?? "base").split(",");

/** Samples of a sweep at most; a larger one has several seeds. */
const SAMPLES = 500;
/** Units of the large sweep that have ended before the small one starts. */
const UNDER_WAY = 30;
/** Time for the engine and the server to come to rest, milliseconds. */
const REST_MS = 5_000;

const { servers, stop } = await startServers(["benchmark"]);
const harness = await openHarness(servers, "benchmark");
const { client, store, settings } = harness;
const workers = await Promise.all(
  ([["orchestrator", "cpu"], ["gpu"]] as const).map((roles) =>
    spawnWorker(harness, join(settings.home, `${roles[0]}.log`), roles, "info"),
  ),
);
let nextSeed = 1;

/** Plans a sweep with new seeds. */
async function plan(name: string, units: number) {
  const perSeed = Math.ceil(units / VARIANTS.length);
  const samples = Math.min(perSeed, SAMPLES);
  const seeds = Array.from({ length: Math.ceil(perSeed / samples) }, () => nextSeed++);
  return harness.plan([
    `sweep: ${name}`,
    `dataset: { format: lookalike, limit: ${samples}, calibration: 0 }`,
    `seeds: [${seeds.join(", ")}]`,
    "inference: { temperature: 0.5, maxTokens: 48, decoding: constrained }",
    "synthesis: { decoding: constrained, maxTokens: 160, checks: false }",
    "training: { learningRate: 5e-3 }",
    "variants:",
    ...VARIANTS.map((variant) =>
      variant === "tt-si" ? "  - { name: tt-si, method: tt-si, selection: all }" : `  - ${variant}`,
    ),
  ]);
}

async function count(sweep: string): Promise<number> {
  const { scored, unparsable, failed } = await store.countResults(sweep);
  return scored + unparsable + failed;
}

/** Seconds from the start of a small sweep, planned already, to its end. */
async function timeSmall(name: string): Promise<number> {
  const config = await plan(name, SMALL);
  const begin = performance.now();
  const running = await startSweep(client, { config });
  const { status } = await running.result();
  if (status !== "finished") throw new Error(`${name} is ${status}`);
  return (performance.now() - begin) / 1000;
}

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  await timeSmall("warm-up");
  const rounds: { alone: number; beside: number; before: number; during: number }[] = [];
  console.log("round  alone s  beside s  ratio  large: units/s before  during");
  for (let round = 1; round <= ROUNDS; round += 1) {
    await sleep(REST_MS);
    const alone = await timeSmall(`alone-${round}`);
    await sleep(REST_MS);
    const large = `large-${round}`;
    const running = await startSweep(client, { config: await plan(large, LARGE) });
    await waitFor("the large sweep", async () => (await count(large)) > 0, 120_000);
    const first = performance.now();
    await waitFor("the large sweep", async () => (await count(large)) >= UNDER_WAY, 600_000);
    const before = ((await count(large)) * 1000) / (performance.now() - first);
    const known = await count(large);
    const beside = await timeSmall(`beside-${round}`);
    const ended = await count(large);
    if (ended >= LARGE)
      throw new Error("the large sweep ended before the small one: make it larger");
    const during = (ended - known) / beside;
    await cancelSweep(client, large);
    await running.result().catch(() => undefined);
    rounds.push({ alone, beside, before, during });
    console.log(
      `${round}  ${alone.toFixed(1)}  ${beside.toFixed(1)}  ${(beside / alone).toFixed(2)}  ${before.toFixed(1)}  ${during.toFixed(1)}`,
    );
  }
  const ratios = rounds.map(({ alone, beside }) => beside / alone);
  console.log(
    `median of ${ROUNDS}, ${SMALL} units beside ${LARGE}, ${VARIANTS.join(" and ")}: alone ` +
      `${median(rounds.map(({ alone }) => alone)).toFixed(1)} s, beside ${median(rounds.map(({ beside }) => beside)).toFixed(1)} s, ` +
      `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
} finally {
  await Promise.all(workers.map(stopProcess));
  await harness.close();
  await stop();
}
