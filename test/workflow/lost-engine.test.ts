import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { LOST_AFTER_MS } from "../../workers/watch-engine.js";
import { smallConfig } from "./configs.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness, RunningWorker } from "./harness.js";
import { openHarness } from "./harness.js";

let harness: Harness;
let gateway: Gateway;
let healthy: RunningWorker;

beforeAll(async () => {
  const servers = inject("servers");
  gateway = await openGateway(servers.engineUrl);
  harness = await openHarness(servers, "lost-engine");
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"], { engineUrl: gateway.url });
  healthy = await harness.startWorker(["gpu"]);
});

afterAll(async () => {
  await harness.close();
  await gateway.close();
});

async function run(sweep: string, seed: number): Promise<void> {
  const lines = smallConfig(sweep, ["base"], { limit: 12, seed, temperature: 0.5 });
  const running = await startSweep(harness.client, { config: await harness.plan(lines) });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
}

const steps = () => gateway.seen.filter((path) => path !== "/ready");

test.each(["drop", "hang"] as const)(
  "a worker whose engine is lost (%s) takes no task until the engine answers again",
  async (mode) => {
    gateway.mode = mode;
    // One poll may take its full timeout before the engine counts as lost.
    await sleep(LOST_AFTER_MS + 6_000);
    gateway.seen = [];
    await run(`lost-${mode}`, mode === "drop" ? 11 : 12);
    expect(steps()).toEqual([]);
    gateway.mode = "pass";
  },
);

test("it serves again, alone, once its engine is back", async () => {
  await healthy.stop();
  await run("back", 13);
  expect(steps().length).toBeGreaterThanOrEqual(12);
});
