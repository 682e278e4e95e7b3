import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import type { RunningSweep } from "../../cli/sweep/sweep-client.js";
import { readQueue } from "../../cli/sweep/stall/read-queue.js";
import { gpuQueue } from "../../contracts/queues-and-ids.js";
import { smallConfig } from "./configs.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { waitFor } from "./wait-for.js";

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(inject("servers"), "fairness");
});

afterAll(() => harness.close());

/** Starts a sweep and waits until that many tasks of all sweeps wait for a GPU worker. */
async function queueUp(
  sweep: string,
  options: { readonly limit: number; readonly seed: number; readonly waiting: number },
): Promise<RunningSweep> {
  const { waiting, ...rest } = options;
  const lines = smallConfig(sweep, ["base"], {
    ...rest,
    temperature: 0.5,
    run: "concurrency: 64, partitions: 1",
  });
  const running = await startSweep(harness.client, { config: await harness.plan(lines) });
  await waitFor(
    `${waiting} waiting tasks`,
    async () => {
      const { backlog } = await readQueue(harness.client, gpuQueue(undefined), "activity");
      return backlog >= waiting;
    },
    200_000,
  );
  return running;
}

test("a small sweep takes turns with a large one that came first", async () => {
  await harness.startWorker(["orchestrator", "cpu"]);
  const large = await queueUp("large", { limit: 60, seed: 51, waiting: 60 });
  const small = await queueUp("small", { limit: 4, seed: 52, waiting: 64 });
  await harness.startWorker(["gpu"]);
  await Promise.all([large.result(), small.result()]);

  const rows = [
    ...(await harness.store.listResults("large")),
    ...(await harness.store.listResults("small")),
  ];
  const order = rows
    .sort((left, right) => left.finishedAt.localeCompare(right.finishedAt))
    .map(({ sweep }) => sweep);
  expect(order).toHaveLength(64);
  // First come, first served would put the small sweep's units after the large one's.
  expect(order.lastIndexOf("small")).toBeLessThan(40);
}, 600_000);
