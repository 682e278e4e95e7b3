/**
 * Measures what a unit costs besides the engine, with a workflow per sample and with one per unit, in turns:
 * `npx tsx test/benchmarks/cost-per-unit.ts [ROUNDS] [SAMPLES]`. CPU time per process from /proc, less what it uses while
 * nothing runs, so that a busy machine matters little; bytes of history from the server. Every run has samples of its own, so that none finds another's steps.
 */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { openHarness } from "../workflow/harness.js";
import type { Harness } from "../workflow/harness.js";
import { startServers, stopProcess } from "../workflow/servers.js";
import { spawnWorker } from "../workflow/spawn-worker.js";
import { cpuOf } from "./process-usage.js";

const ROUNDS = Number(process.argv[2] ?? 3);
const SAMPLES = Number(process.argv[3] ?? 16);

const shapes = ["unit", "sample"] as const;
const sets: Readonly<Record<string, readonly string[]>> = {
  "base alone": ["base"],
  "base and tt-si": ["base", "{ name: tt-si-all, method: tt-si, selection: all }"],
  "as in the quick start": [
    "base",
    "{ name: tt-si, method: tt-si, tau: 0.99 }",
    "{ name: tt-si-low, method: tt-si, tau: 0.95 }",
    "{ name: tt-si-all, method: tt-si, selection: all }",
    "argmax-name",
  ],
};

/** The Temporal server that this process has started. */
function findServer(): number {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      const parent = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1];
      if (Number(parent) === process.pid && command.includes("start-dev")) return Number(name);
    } catch {
      // The process has ended.
    }
  }
  throw new Error("no Temporal server");
}

/** Bytes and number of all histories of a sweep. */
async function readHistories({ client }: Harness, sweep: string) {
  let bytes = 0;
  let workflows = 0;
  for await (const { workflowId, runId } of client.workflow.list({
    query: `WhetstoneSweep="${sweep}"`,
  })) {
    const { historySize } = await client.workflow.getHandle(workflowId, runId).describe();
    bytes += historySize ?? 0;
    workflows += 1;
  }
  return { bytes, workflows };
}

const { servers, stop } = await startServers(["benchmark"]);
const harness = await openHarness(servers, "benchmark");
const log = (name: string): string => join(harness.settings.home, `${name}.log`);
const workers: ChildProcess[] = [];
try {
  for (const roles of [["orchestrator", "cpu"], ["gpu"]] as const) {
    workers.push(await spawnWorker(harness, log(roles[0]), roles, "info"));
  }
  const parts = {
    server: findServer(),
    "orchestrator + cpu": workers[0]?.pid ?? 0,
    "gpu worker": workers[1]?.pid ?? 0,
  };
  // What the processes use while nothing runs is no cost of a unit, and on a busy machine a run is long.
  const idleSeconds = 15;
  await sleep(5_000);
  const idleBefore = Object.values(parts).map(cpuOf);
  await sleep(idleSeconds * 1000);
  const idle = Object.values(parts).map(
    (pid, index) => (cpuOf(pid) - (idleBefore[index] ?? 0)) / idleSeconds,
  );
  console.log(`idle: ${idle.map((each) => each.toFixed(1)).join(", ")} ms per second`);
  const runs = ROUNDS * shapes.length * Object.keys(sets).length + 1;
  let offset = 0;
  const measure = async (shape: (typeof shapes)[number], set: string) => {
    const variants = sets[set] ?? [];
    const sweep = `run-${offset}`;
    const config = await harness.plan([
      `sweep: ${sweep}`,
      `dataset: { format: lookalike, rows: { every: ${runs}, offset: ${offset} }, limit: ${SAMPLES}, calibration: 0 }`,
      "inference: { temperature: 0, maxTokens: 48, decoding: constrained }",
      "synthesis: { decoding: constrained, maxTokens: 160, checks: false }",
      "training: { learningRate: 5e-3 }",
      "run: { concurrency: 16, partitions: 2 }",
      "variants:",
      ...variants.map((variant) => `  - ${variant}`),
    ]);
    offset += 1;
    const before = Object.values(parts).map(cpuOf);
    const begin = Date.now();
    const { status } = await (
      await startSweep(harness.client, { config, workflowPer: shape })
    ).result();
    const seconds = (Date.now() - begin) / 1000;
    // The server writes what lists show after the workflows have ended.
    await sleep(2_000);
    const after = Object.values(parts).map(cpuOf);
    const units = (await harness.store.listResults(sweep)).length;
    const { bytes, workflows } = await readHistories(harness, sweep);
    const each = after.map((value, index) => {
      const used = value - (before[index] ?? 0) - (seconds + 2) * (idle[index] ?? 0);
      return used / units;
    });
    return { status, units, each, bytes: bytes / units, workflows, rate: units / seconds };
  };
  await measure("sample", "base and tt-si");
  for (const set of Object.keys(sets)) {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const shape of shapes) {
        const { status, units, each, bytes, workflows, rate } = await measure(shape, set);
        const cpu = Object.keys(parts).map(
          (part, index) => `${part} ${(each[index] ?? 0).toFixed(1)}`,
        );
        const total = each.reduce((sum, value) => sum + value, 0);
        console.log(
          `${set}, workflow per ${shape}: ${units} units ${status}, ${workflows} workflows; CPU ms per unit ` +
            `${total.toFixed(1)} (${cpu.join(", ")}); history ${(bytes / 1024).toFixed(1)} KB per unit; ${rate.toFixed(1)} units/s`,
        );
      }
    }
  }
} finally {
  await Promise.all(workers.map(stopProcess));
  await harness.close();
  await stop();
}
