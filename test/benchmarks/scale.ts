/**
 * Runs a large sweep on a local Temporal server, SQLite and an engine that answers at once, and reports what grows with
 * it: units per second and memory of each process over time, sizes of the databases, seconds of the commands at half and
 * at the end.
 *
 * npx tsx test/benchmarks/scale.ts [UNITS] [--out FILE]      (default: 100,000 units, to stdout alone)
 *
 * Four variants answer each sample. The sweep is paused while commands are timed at half.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pauseSweep, startSweep, unpauseSweep } from "../../cli/sweep/sweep-client.js";
import { EngineClient } from "../../engine-client/engine-client.js";
import { fingerprintModel } from "../../infra/model-files/fingerprint.js";
import { readToolVersion, repositoryRoot } from "../../infra/repository.js";
import { isTemporalReady } from "../../infra/temporal/namespace.js";
import { openHarness } from "../workflow/harness.js";
import { findFreePort, spawnTemporal, stopProcess, waitUntil } from "../workflow/servers.js";
import { spawnWorker } from "../workflow/spawn-worker.js";
import { formatRow } from "./format-row.js";
import { cpuOf, memoryOf } from "./process-usage.js";
import { timeCommand } from "./time-command.js";
import { writeMadeData } from "./scale/made-data.js";

const { values: options, positionals } = parseArgs({
  options: { out: { type: "string" } },
  allowPositionals: true,
});
const UNITS = Number(positionals[0] ?? 100_000);
const VARIANTS = ["base", "tt-si", "argmax-name", "shuffled-pair"];
const SWEEP = "scale";
/** Lines of the table over time. */
const LINES = 20;

const lines: string[] = [];
function print(line = ""): void {
  lines.push(line);
  console.log(line);
}

const folder = mkdtempSync(join(tmpdir(), "whetstone-scale-"));
const begun: ChildProcess[] = [];
const temporalPort = await findFreePort();
const enginePort = await findFreePort();
const model = join(repositoryRoot, "models", "tiny");
const temporalFile = join(folder, "temporal.db");
const temporal = spawnTemporal(temporalPort, temporalFile, ["benchmark"]);
const engine = spawn(
  process.execPath,
  [
    ...["--import", "tsx", join(repositoryRoot, "test/benchmarks/scale/instant-engine.ts")],
    ...[String(enginePort), await fingerprintModel(model)],
  ],
  { stdio: ["ignore", "ignore", openSync(join(folder, "engine.log"), "a")] },
);
begun.push(temporal, engine);
const engineUrl = `http://127.0.0.1:${enginePort}`;

try {
  await waitUntil("the engine", engine, () => new EngineClient({ baseUrl: engineUrl }).isReady());
  await waitUntil("the Temporal server", temporal, () =>
    isTemporalReady(`127.0.0.1:${temporalPort}`, "benchmark"),
  );
  const servers = { temporalPort, folder, engineUrl, engineLog: join(folder, "engine.log"), model };
  const harness = await openHarness(servers, "benchmark");
  try {
    await run(harness);
  } finally {
    await Promise.all(begun.slice(2).map(stopProcess));
    await harness.close();
  }
  if (options.out !== undefined) writeFileSync(options.out, `${lines.join("\n")}\n`);
} finally {
  await Promise.all(begun.map(stopProcess));
  rmSync(folder, { recursive: true, force: true });
}

async function run(harness: Awaited<ReturnType<typeof openHarness>>): Promise<void> {
  const { settings, store, client } = harness;
  const samples = Math.ceil(UNITS / VARIANTS.length);
  const machine = cpus();
  const load = (): string =>
    loadavg()
      .map((each) => each.toFixed(1))
      .join(", ");
  print(
    `whetstone ${readToolVersion()}: ${samples * VARIANTS.length} units, an engine that answers at once`,
  );
  print(
    `variants: ${VARIANTS.join(", ")}; ${samples} samples; results in SQLite; Temporal's development server, SQLite`,
  );
  print(
    `machine: ${machine.length} cores (${machine[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GB; node ${process.version}`,
  );
  print(`load averages (1, 5, 15 minutes) before the run, which others may cause: ${load()}`);

  const data = join(settings.home, "made.jsonl");
  await writeMadeData(data, samples);
  const planning = performance.now();
  const config = await harness.plan([
    `sweep: ${SWEEP}`,
    `dataset: { name: made, format: openai-jsonl, path: ${data}, calibration: 0 }`,
    "inference: { temperature: 0 }",
    "synthesis: { checks: { grounded: false } }",
    "run: { concurrency: 32, partitions: 4, stopOnUnreadable: false }",
    `variants: [${VARIANTS.join(", ")}]`,
  ]);
  print(
    `seconds to plan and store the units: ${((performance.now() - planning) / 1000).toFixed(1)}`,
  );

  const log = (name: string): string => join(settings.home, `${name}.log`);
  const orchestrator = await spawnWorker(
    harness,
    log("orchestrator"),
    ["orchestrator", "cpu"],
    "info",
  );
  begun.push(orchestrator);
  const gpu = await spawnWorker(harness, log("gpu"), ["gpu"], "info");
  begun.push(gpu);
  const processes = { server: temporal, "orchestrator + cpu": orchestrator, "gpu worker": gpu };
  const pids = Object.values(processes).map(({ pid }) => pid ?? 0);

  const sizeOf = (file: string): number =>
    ["", "-wal"].reduce((sum, suffix) => {
      try {
        return sum + statSync(`${file}${suffix}`).size / 2 ** 20;
      } catch {
        return sum;
      }
    }, 0);
  const database = join(settings.home, "whetstone.db");
  const total = samples * VARIANTS.length;
  const widths = [16, 10, 8, 10, 18, 10];
  print();
  print(
    formatRow(
      ["units", "seconds", "units/s", ...Object.keys(processes).map((name) => `${name}, MB`)],
      widths,
    ),
  );

  const cpuBefore = pids.map(cpuOf);
  const running = await startSweep(client, { config });
  const result = running.result();
  result.catch(() => undefined);
  const step = Math.ceil(total / LINES);
  let [lastUnits, lastTime, paused] = [0, performance.now(), 0];
  const start = lastTime;
  const state = { ended: false, isHalfDone: false };
  const finish = result.finally(() => {
    state.ended = true;
  });
  finish.catch(() => undefined);
  for (;;) {
    const { scored, unparsable, failed } = await store.countResults(SWEEP);
    const units = scored + unparsable + failed;
    const now = performance.now();
    if (units >= lastUnits + step || (state.ended && units > lastUnits)) {
      const rate = (1000 * (units - lastUnits)) / (now - lastTime);
      const memory = pids.map((pid) => memoryOf(pid).now.toFixed(0));
      print(
        formatRow(
          [units, ((now - start - paused) / 1000).toFixed(0), rate.toFixed(1), ...memory],
          widths,
        ),
      );
      [lastUnits, lastTime] = [units, now];
    }
    if (state.ended) break;
    if (!state.isHalfDone && units >= total / 2) {
      state.isHalfDone = true;
      const from = performance.now();
      await pauseSweep(client, SWEEP);
      await settle(async () => Object.values(await store.countResults(SWEEP)).join(" "));
      await timeCommands("at half, paused");
      const before = (await store.countResults(SWEEP)).scored;
      const resumed = performance.now();
      await unpauseSweep(client, SWEEP);
      while ((await store.countResults(SWEEP)).scored === before) await sleep(50);
      print(
        `  ${"from unpause to the next result".padEnd(28)} ${((performance.now() - resumed) / 1000).toFixed(1).padStart(8)} s`,
      );
      print();
      const away = performance.now() - from;
      paused += away;
      lastTime += away;
    }
    await sleep(500);
  }
  const { status, pending } = await result;
  const seconds = (performance.now() - start - paused) / 1000;
  const counts = await store.countResults(SWEEP);
  print();
  print(
    `${status}: ${counts.scored} scored, ${counts.unparsable} unparsable, ${counts.failed} failed, ${pending} open; ${counts.adapted} adapted`,
  );
  print(`${(total / seconds).toFixed(1)} units/s over ${seconds.toFixed(0)} s`);
  // What ended last is still being written.
  await sleep(2_000);
  const used = pids.map((pid, place) => (cpuOf(pid) - (cpuBefore[place] ?? 0)) / total);
  print(
    `CPU milliseconds per unit: ${Object.keys(processes)
      .map((name, place) => `${name} ${(used[place] ?? 0).toFixed(1)}`)
      .join(", ")}`,
  );
  print(
    `most memory, MB: ${Object.keys(processes)
      .map((name, place) => `${name} ${memoryOf(pids[place] ?? 0).peak.toFixed(0)}`)
      .join(", ")}`,
  );
  await timeCommands("at the end");
  print(`load averages after the run: ${load()}`);

  /** Prints seconds and memory of each command, and the sizes of the databases. */
  async function timeCommands(when: string): Promise<void> {
    print();
    print(`commands ${when}${"".padEnd(20 - when.length)}        seconds   most memory, MB`);
    const out = join(settings.home, "out");
    const environment = {
      WHETSTONE_HOME: settings.home,
      WHETSTONE_DATABASE_URL: settings.databaseUrl,
      WHETSTONE_ENGINE_URL: engineUrl,
      TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
      TEMPORAL_NAMESPACE: "benchmark",
    };
    for (const words of [
      ["status", SWEEP],
      ["samples", SWEEP],
      ["samples", SWEEP, "--limit", "20"],
      ["report", SWEEP],
      ["report", SWEEP, "--out", out],
      ["export", SWEEP, "--out", join(settings.home, "results.jsonl")],
    ]) {
      const { seconds: took, peak } = await timeCommand(
        words,
        environment,
        join(settings.home, "command.log"),
      );
      const name = words.filter((word) => word !== SWEEP && !word.startsWith("/")).join(" ");
      print(`  ${name.padEnd(28)} ${took.toFixed(1).padStart(8)} ${peak.toFixed(0).padStart(16)}`);
    }
    rmSync(out, { recursive: true, force: true });
    const units = Object.values(await store.readProgress(SWEEP).then(({ variants }) => variants));
    const done = units.reduce((sum, each) => sum + each.ended, 0);
    const each = (file: string) => ((1000 * sizeOf(file)) / done).toFixed(1);
    print(
      `  MB per 1,000 units ended: results database ${each(database)}, Temporal's database ${each(temporalFile)}`,
    );
  }
}

/** Waits until nothing changes for three seconds. */
async function settle(look: () => Promise<string>): Promise<void> {
  let last = "";
  for (;;) {
    const now = await look();
    if (now === last) return;
    last = now;
    await sleep(3_000);
  }
}
