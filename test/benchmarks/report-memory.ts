/**
 * Measures seconds and memory of the commands that read a whole sweep:
 * `npx tsx test/benchmarks/report-memory.ts [UNITS] [FOLDER]` (default: 100,000). Fills a store in FOLDER, or one that
 * is removed afterwards, with a made-up sweep of eight variants; a store that is there already is used as it is.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../store/open-store.js";
import type { SweepPart } from "../../store/sweep-parts.js";
import { makeReport } from "../browser/make-report.js";
import { timeCommand } from "./time-command.js";

const UNITS = Number(process.argv[2] ?? 100_000);
const kept = process.argv[3];
const folder = kept ?? mkdtempSync(join(tmpdir(), "whetstone-report-"));
const database = join(folder, "whetstone.db");
const SWEEP = "made-up";
const VARIANTS = 8;

async function fill(): Promise<void> {
  const [sweep] = makeReport({ samples: Math.ceil(UNITS / VARIANTS), summarised: 8 }).sweeps;
  if (sweep === undefined) throw new Error("no sweep was made");
  async function* listParts(): AsyncGenerator<SweepPart> {
    yield await Promise.resolve({ kind: "sweep", sweep: sweep!.record });
    for (const { sample, gold } of sweep!.samples.values()) {
      yield { kind: "sample", dataset: sample.dataset, contentHash: "made-up", sample, gold };
    }
    for (const [position, { unitKey: key, ...unit }] of sweep!.units.entries()) {
      const { variant, seed, dataset, sampleKey, role } = unit;
      const planned = { key, sweep: SWEEP, variant, seed, dataset, sampleKey, role };
      yield { kind: "unit", unit: planned, position };
    }
    for (const result of sweep!.units) yield { kind: "result", result };
  }
  const store = await openStore(`sqlite:${database}`);
  await store.writeSweep(listParts);
  await store.close();
}

async function time(words: readonly string[]): Promise<void> {
  const environment = { WHETSTONE_HOME: folder, WHETSTONE_DATABASE_URL: `sqlite:${database}` };
  const { seconds, peak } = await timeCommand(words, environment, join(folder, "command.log"));
  const name = words.map((word) => word.replace(`${folder}/`, "")).join(" ");
  console.log(
    `${name.padEnd(48)} ${seconds.toFixed(1).padStart(8)} s ${peak.toFixed(0).padStart(8)} MB`,
  );
}

try {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(database)) await fill();
  await time(["status", SWEEP]);
  await time(["samples", SWEEP]);
  await time(["samples", SWEEP, "--json"]);
  await time(["report", SWEEP]);
  await time(["report", SWEEP, "--out", join(folder, "report")]);
  await time(["export", SWEEP, "--out", join(folder, "results.jsonl")]);
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
