import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { sweepWorkflowId } from "../../contracts/queues-and-ids.js";
import { smallConfig } from "./configs.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(inject("servers"), "unreadable");
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterAll(async () => {
  await harness.close();
});

/** A config whose base answers end after one token, before any call. */
function mute(...given: Parameters<typeof smallConfig>): string[] {
  return smallConfig(...given).map((line) =>
    line.startsWith("inference:") ? "inference: { maxTokens: 1, decoding: free }" : line,
  );
}

async function run(lines: readonly string[]) {
  const config = await harness.plan(lines);
  const result = await (await startSweep(harness.client, { config })).result();
  return { result, rows: await harness.store.listResults(config.sweep) };
}

/** How often the root has asked the store about answers. */
async function countChecks(sweep: string): Promise<number> {
  const handle = harness.client.workflow.getHandle(sweepWorkflowId(sweep));
  const { events = [] } = await handle.fetchHistory();
  const types = (events ?? []).map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
  );
  return types.filter((type) => type === "checkAnswers").length;
}

const reason = new RegExp(
  '^ANSWERS_UNREADABLE: 20 of the first 20 answers of the base model could not be read as calls: "[^"]+" and "[^"]+"\\.$',
);

test("a sweep whose base answers cannot be read stops, and again until it is told not to", async () => {
  const lines = (stops: string) =>
    mute("mute", ["base", "argmax-name"], {
      limit: 60,
      run: `concurrency: 2, partitions: 3${stops}`,
    });
  const { result, rows } = await run(lines(""));
  expect(result).toMatchObject({ status: "stopped", failed: 0 });
  expect(result.reason).toMatch(reason);
  expect(rows.length).toBeGreaterThanOrEqual(20);
  expect(rows.length).toBeLessThan(60);
  expect(await harness.store.getSweep("mute")).toMatchObject({
    status: "stopped",
    statusReason: result.reason,
  });

  const again = await run(lines(""));
  expect(again.result.reason).toBe(result.reason);
  expect(again.rows).toHaveLength(rows.length);

  const whole = await run(lines(", stopOnUnreadable: false"));
  expect(whole.result).toMatchObject({ status: "finished", pending: 0 });
  expect(whole.rows).toHaveLength(120);
  expect(await countChecks("mute")).toBe(0);
});

test("calibration units show it first: nothing is adapted", async () => {
  const variants = ["{ name: auto, method: tt-si, tau: auto }"];
  const { result, rows } = await run(
    mute("mute-auto", variants, {
      limit: 5,
      calibration: 40,
      run: "concurrency: 2, partitions: 1",
    }),
  );
  expect(result.reason).toMatch(reason);
  expect(rows.every(({ role }) => role === "calibration")).toBe(true);
});

test("a sweep whose base answers can be read is asked once and goes on", async () => {
  const { result } = await run(
    smallConfig("heard", ["base", "argmax-name"], {
      limit: 30,
      run: "concurrency: 4, partitions: 3",
    }),
  );
  expect(result).toMatchObject({ status: "finished", reason: null, pending: 0 });
  expect(await countChecks("heard")).toBe(1);
});
