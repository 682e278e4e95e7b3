import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSettings } from "../../../infra/settings.js";
import { loadConfig } from "../../../planning/load-config.js";
import { planSweep } from "../../../planning/plan-sweep.js";
import { prepareSweep } from "../../../planning/prepare-sweep.js";
import { openStore } from "../../../store/open-store.js";
import type { Store } from "../../../store/store.js";
import { makeReportSweep } from "../report/fixtures.js";
import { makeFailure } from "../store/fixtures.js";

const program = join(import.meta.dirname, "..", "..", "..", "bin", "whetstone.mjs");
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "whetstone-pipe-"));
  const store = await openStore(loadSettings({ WHETSTONE_HOME: home }).databaseUrl);
  const { record, samples, units } = makeReportSweep();
  await store.createSweep(record);
  await store.putSamples("lookalike", "hash", [...samples.values()]);
  await store.putUnits(units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
  // More than a pipe holds, so that the command is still writing when its reader leaves.
  const answer = { texts: ["x".repeat(20_000)], from: "base" } as const;
  for (const row of units) {
    await store.putResult({
      ...row,
      trace: { ...row.trace, answer: { ...row.trace.answer!, ...answer } },
    });
  }
  await planFailed(store);
  await store.close();
}, 60_000);

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** A sweep of the bundled model all of whose units have failed: a command that resumes it finds nothing to run. */
async function planFailed(store: Store): Promise<void> {
  const path = join(home, "config.yaml");
  const dataset = "{ format: lookalike, limit: 2 }";
  writeFileSync(path, `sweep: broken\nmodel: tiny\ndataset: ${dataset}\nvariants: [base]\n`);
  await planSweep(store, await prepareSweep({ loaded: loadConfig(path) }));
  const pending = await store.listPendingUnits("broken", { includeFailed: false });
  for (const unit of pending) await store.putResult(makeFailure(unit));
}

/** Runs a command whose reader leaves at once, or after the first bytes; the other stream is read to its end. */
async function runUntilClosed(words: string, closes: "stdout" | "stderr", atOnce = false) {
  const child = spawn(process.execPath, [program, ...words.split(" ")], {
    env: { ...process.env, WHETSTONE_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close") as Promise<[number | null, string | null]>;
  if (atOnce) child[closes].destroy();
  else child[closes].once("data", () => child[closes].destroy());
  let other = "";
  child[closes === "stdout" ? "stderr" : "stdout"].on("data", (text) => (other += String(text)));
  const [code, signal] = await ended;
  return { code, signal, other };
}

test.each([
  ["samples trial", 0, false],
  ["samples trial --json", 0, true],
  ["export trial", 0, false],
  // The sweep has more failures than its config allows: the code says so to a script that reads one line.
  ["resume broken", 2, true],
])(
  "%s ends quietly with code %i once nobody reads it",
  { timeout: 60_000 },
  async (words, code, atOnce) => {
    const { other, ...end } = await runUntilClosed(words, "stdout", atOnce);
    expect(end).toEqual({ code, signal: null });
    expect(other).not.toMatch(/EPIPE|ECONNRESET|^ +at /m);
  },
);

test("a command continues if stderr is closed", { timeout: 60_000 }, async () => {
  const { other, code } = await runUntilClosed("samples trial --limit 1", "stderr");
  expect(code).toBe(0);
  expect(other.split("\n")).toHaveLength(3);
});

test.skipIf(!existsSync("/dev/full"))(
  "names standard output that cannot be written",
  async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [program, "status"], {
      stdio: ["ignore", full, "pipe"],
      env: { ...process.env, WHETSTONE_HOME: home },
    });
    closeSync(full);
    const chunks: Buffer[] = [];
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number];
    expect(Buffer.concat(chunks).toString()).toBe(
      "error OUTPUT_NOT_WRITABLE: Standard output cannot be written: ENOSPC: no space left on device, write.\n" +
        "  next: send it to a place that you may write to, on a disk with free space\n",
    );
    expect(code).toBe(1);
  },
  60_000,
);
