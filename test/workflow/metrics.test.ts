import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import {
  listAlertExpressions,
  listPanelExpressions,
  prometheusFolder,
} from "../unit/infra/prometheus/prometheus-files.js";
import { smallConfig } from "./configs.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { findFreePort, stopProcess } from "./servers.js";
import { waitFor } from "./wait-for.js";

const isInstalled = spawnSync("prometheus", ["--version"]).error === undefined;
const skipped = isInstalled ? "" : " (skipped: prometheus is not installed)";

let harness: Harness;
let prometheus: ChildProcess | undefined;
let folder: string;
let metricsUrl: string;
let prometheusUrl: string;

beforeAll(async () => {
  const servers = inject("servers");
  const [port, prometheusPort] = [await findFreePort(), await findFreePort()];
  process.env["WHETSTONE_METRICS_ADDRESS"] = `127.0.0.1:${port}`;
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
  folder = mkdtempSync(join(tmpdir(), "whetstone-prometheus-"));
  harness = await openHarness(servers, "metrics");
  await harness.startWorker(["orchestrator", "cpu", "gpu"]);
  if (!isInstalled) return;
  // The repository's own files, with this machine's targets and a scrape per second.
  const configuration = readFileSync(join(prometheusFolder, "prometheus.yaml"), "utf8")
    .replaceAll("15s", "1s")
    .replace("alerts.yaml", join(prometheusFolder, "alerts.yaml"))
    .replace(/\["control.*\]/, `["127.0.0.1:${port}"]`)
    .replace(/\["gpu-1:8400.*\]/, `["${new URL(servers.engineUrl).host}"]`)
    .replace(/ *authorization:\n.*\n/, "");
  writeFileSync(join(folder, "prometheus.yaml"), configuration);
  prometheus = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ],
    { stdio: "ignore" },
  );
  await waitFor("prometheus", () => isUp(`${prometheusUrl}/-/ready`));
});

afterAll(async () => {
  delete process.env["WHETSTONE_METRICS_ADDRESS"];
  await harness.close();
  if (prometheus !== undefined) await stopProcess(prometheus);
  rmSync(folder, { recursive: true, force: true });
});

async function isUp(url: string): Promise<boolean> {
  return (await fetch(url).catch(() => null))?.ok === true;
}

/** Number of series that an expression gives; throws what Prometheus says is wrong with it. */
async function query(expression: string): Promise<number> {
  const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`;
  const answer = (await (await fetch(url)).json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result: readonly unknown[] };
  };
  if (answer.status !== "success") throw new Error(`${expression}: ${answer.error}`);
  return answer.data?.result.length ?? 0;
}

describe("metrics", () => {
  it("a worker counts units, steps, waits and adapters of a sweep", async () => {
    const lines = smallConfig("measured", ["base", "{ method: tt-si, selection: all }"], {
      limit: 4,
      seed: 41,
    });
    const running = await startSweep(harness.client, { config: await harness.plan(lines) });
    expect(await running.result()).toMatchObject({ status: "finished", failed: 0 });
    const text = await (await fetch(metricsUrl)).text();
    const { scored, unparsable } = await harness.store.countResults("measured");
    const units = [...text.matchAll(/^whetstone_units\{.*\} (\d+)$/gm)].map(([, count]) => count);
    expect(units.map(Number).reduce((sum, count) => sum + count, 0)).toBe(scored + unparsable);
    for (const step of [
      "scoreUncertainty",
      "synthesize",
      "trainAdapter",
      "infer",
      "recordResult",
    ]) {
      expect(text).toMatch(
        new RegExp(`^whetstone_step_seconds_count\\{.*step="${step}".*\\} [1-9]`, "m"),
      );
      expect(text).toMatch(
        new RegExp(`^whetstone_step_queue_seconds_count\\{.*step="${step}"`, "m"),
      );
    }
    expect(text).toMatch(/^whetstone_adapters_live(\{.*\})? 0$/m);
    expect(text).toContain("temporal_workflow_completed");
  });

  it.skipIf(!isInstalled)(
    `a real Prometheus answers every expression of dashboards and alerts${skipped}`,
    async () => {
      for (const { place, expression } of listPanelExpressions()) {
        await waitFor(
          `a series for ${place}: ${expression}`,
          async () => (await query(expression)) > 0,
        );
      }
      for (const { expression } of listAlertExpressions()) {
        expect(await query(expression)).toBeGreaterThanOrEqual(0);
      }
    },
  );
});
