import { randomUUID } from "node:crypto";
import type { WorkflowHandle } from "@temporalio/client";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import {
  cancelSweep,
  findRunningSweep,
  pauseSweep,
  setSweepConcurrency,
  startSweep,
  unpauseSweep,
} from "../../cli/sweep/sweep-client.js";
import type { SweepProgress } from "../../contracts/messages.js";
import { progressQuery } from "../../contracts/messages.js";
import { partitionWorkflowId, sweepWorkflowId } from "../../contracts/queues-and-ids.js";
import { askWorkflow } from "./ask-workflow.js";
import { smallConfig } from "./configs.js";
import { dropNewAdapters } from "./drop-new-adapters.js";
import type { Gateway } from "./gateway.js";
import { BUSY_SECONDS, openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { waitFor } from "./wait-for.js";

let harness: Harness;
let gateway: Gateway;

beforeAll(async () => {
  const servers = inject("servers");
  gateway = await openGateway(servers.engineUrl);
  harness = await openHarness(servers, "control", gateway.url);
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterEach(() => {
  gateway.mode = "pass";
  gateway.onRequest = () => Promise.resolve();
});

afterAll(async () => {
  await harness.close();
  await gateway.close();
});

const rowCount = async (sweep: string): Promise<number> =>
  (await harness.store.listResults(sweep)).length;

test("a cancelled sweep leaves unfinished units pending, and a restart runs exactly those", async () => {
  const lines = smallConfig("cancelled", ["base", "argmax-name"], {
    limit: 10,
    run: "concurrency: 2, partitions: 1",
  });
  const config = await harness.plan(lines);
  const running = await startSweep(harness.client, { config });
  await waitFor("a first row", async () => (await rowCount("cancelled")) > 0);
  await cancelSweep(harness.client, "cancelled");
  await expect(running.result()).rejects.toMatchObject({
    code: "SWEEP_CANCELLED",
    message: "Sweep cancelled was cancelled.",
  });
  const before = await harness.store.listResults("cancelled");
  expect(before.length).toBeLessThan(20);
  expect(before.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect((await harness.store.getSweep("cancelled"))?.status).toBe("cancelled");
  expect(await findRunningSweep(harness.client, "cancelled")).toBeNull();
  const open = await harness.client.workflow.count('ExecutionStatus="Running"');
  expect(open.count).toBe(0);

  const again = await startSweep(harness.client, { config });
  expect(await again.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  const after = await harness.store.listResults("cancelled");
  expect(after).toHaveLength(20);
  for (const row of before) {
    expect(after.find(({ unitKey }) => unitKey === row.unitKey)).toEqual(row);
  }
});

test("a cancel reaches a partition in a later run than its first", async () => {
  const lines = smallConfig("cancelled-late", ["base", "argmax-name"], {
    limit: 60,
    run: "concurrency: 2, partitions: 1",
  });
  const config = await harness.plan(lines);
  const running = await startSweep(harness.client, { config });
  await waitFor("a first row", async () => (await rowCount("cancelled-late")) > 0);
  const workflowId = partitionWorkflowId("cancelled-late", "report", 0);
  const partition = harness.client.workflow.getHandle(workflowId);
  const { runId } = await partition.describe();
  const { events } = await partition.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  // Paging uses continue-as-new; a reset also ends the first run, and at once.
  await harness.client.workflowService.resetWorkflowExecution({
    namespace: harness.client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: "test",
    requestId: randomUUID(),
    workflowTaskFinishEventId: first?.eventId ?? null,
  });
  await waitFor("another run", async () => (await partition.describe()).runId !== runId);
  await cancelSweep(harness.client, "cancelled-late");
  await expect(running.result()).rejects.toMatchObject({ code: "SWEEP_CANCELLED" });
  expect(await rowCount("cancelled-late")).toBeLessThan(120);
  expect((await partition.describe()).status.name).toBe("CANCELLED");
});

test("a paused sweep starts nothing more until it is unpaused", async () => {
  const lines = smallConfig("paused", ["base"], {
    limit: 12,
    seed: 1,
    temperature: 0.5,
    run: "concurrency: 2, partitions: 2",
  });
  const config = await harness.plan(lines);
  const running = await startSweep(harness.client, { config });
  await waitFor("a first row", async () => (await rowCount("paused")) > 0);
  await pauseSweep(harness.client, "paused");
  await setSweepConcurrency(harness.client, "paused", 4);
  await waitFor("the pause", async () => (await readProgress("paused")).paused);
  const progress = await readProgress("paused");
  expect(progress).toMatchObject({ phase: "report", concurrency: 4, stopReason: null });
  const openSamples = async (): Promise<number> =>
    (
      await harness.client.workflow.count(
        'WorkflowType="sampleUnitsWorkflow" AND WhetstoneSweep="paused" AND ExecutionStatus="Running"',
      )
    ).count;
  // Units that were being started at the time of the pause are not listed as open yet.
  await new Promise((done) => setTimeout(done, 1_500));
  await waitFor("the units in flight", async () => (await openSamples()) === 0);
  const drained = await rowCount("paused");
  expect(drained).toBeLessThan(12);
  await new Promise((done) => setTimeout(done, 1_000));
  expect(await rowCount("paused")).toBe(drained);
  await unpauseSweep(harness.client, "paused");
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0 });
  expect(await rowCount("paused")).toBe(12);
});

test("a second start attaches to the running sweep", async () => {
  const config = await harness.plan(
    smallConfig("attached", ["base"], { limit: 6, seed: 2, temperature: 0.5 }),
  );
  const first = await startSweep(harness.client, { config });
  const second = await startSweep(harness.client, { config });
  expect(second.attached).toBe(true);
  expect(second.runId).toBe(first.runId);
  expect(await second.result()).toEqual(await first.result());
});

test("the same error from the start stops a sweep, and a retry of the failed units completes it", async () => {
  const lines = smallConfig("refused", ["base"], {
    limit: 12,
    seed: 3,
    temperature: 0.5,
    run: "concurrency: 2, partitions: 1, stopAfterSameError: 3, failOnError: 100",
  });
  const config = await harness.plan(lines);
  gateway.mode = "reject";
  const running = await startSweep(harness.client, { config });
  const result = await running.result();
  expect(result.status).toBe("stopped");
  expect(result.reason).toMatch(/^The first \d units all failed with ENGINE_INVALID_REQUEST: /);
  const failed = await harness.store.listResults("refused");
  expect(failed.length).toBeGreaterThanOrEqual(3);
  expect(failed.length).toBeLessThan(12);
  expect(failed.map(({ outcome, errorCode, correct }) => [outcome, errorCode, correct])).toEqual(
    failed.map(() => ["failed", "ENGINE_INVALID_REQUEST", null]),
  );
  expect(await harness.store.getSweep("refused")).toMatchObject({
    status: "stopped",
    statusReason: result.reason,
  });

  gateway.mode = "pass";
  const resumed = await startSweep(harness.client, { config });
  expect(await resumed.result()).toMatchObject({
    status: "finished",
    pending: 0,
    failed: failed.length,
  });

  const retried = await startSweep(harness.client, { config, retryFailed: true });
  expect(await retried.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  const rows = await harness.store.listResults("refused");
  expect(rows).toHaveLength(12);
  const attempts = new Map(rows.map(({ unitKey, attempt }) => [unitKey, attempt]));
  expect(failed.map(({ unitKey }) => attempts.get(unitKey))).toEqual(failed.map(() => 2));
  expect([...attempts.values()].filter((attempt) => attempt === 1)).toHaveLength(
    12 - failed.length,
  );
});

test("failOnError stops a sweep when more units fail than it allows", async () => {
  const lines = smallConfig("limited", ["base"], {
    limit: 12,
    seed: 4,
    temperature: 0.5,
    run: "concurrency: 1, partitions: 1, stopAfterSameError: 100, failOnError: 2",
  });
  const config = await harness.plan(lines);
  gateway.mode = "reject";
  const running = await startSweep(harness.client, { config });
  const { status, reason } = await running.result();
  expect(status).toBe("stopped");
  expect(reason).toMatch(
    /^3 of 12 units failed, more than failOnError: 2 allows; the first with ENGINE_INVALID_REQUEST: /,
  );
});

test("a refused token stops a sweep at the first unit", async () => {
  const lines = smallConfig("unauthorized", ["base"], {
    limit: 12,
    seed: 7,
    temperature: 0.5,
    run: "concurrency: 1, partitions: 1, stopAfterSameError: 100, failOnError: 100",
  });
  const config = await harness.plan(lines);
  gateway.mode = "refuse";
  const running = await startSweep(harness.client, { config });
  const { status, reason } = await running.result();
  expect(status).toBe("stopped");
  expect(reason).toMatch(/^ENGINE_UNAUTHORIZED: The engine at \S+ refused the token\./);
  expect(await rowCount("unauthorized")).toBeLessThanOrEqual(2);
});

test("a sweep waits for an engine that is temporarily down", async () => {
  const config = await harness.plan(
    smallConfig("interrupted", ["base"], { limit: 6, seed: 5, temperature: 0.5 }),
  );
  gateway.mode = "drop";
  const running = await startSweep(harness.client, { config });
  await new Promise((done) => setTimeout(done, 2_000));
  expect(await rowCount("interrupted")).toBe(0);
  gateway.mode = "pass";
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
});

/** Progress of a sweep, as its workflow reports it. */
async function readProgress(sweep: string): Promise<SweepProgress> {
  return askWorkflow(harness.client.workflow.getHandle(sweepWorkflowId(sweep)), progressQuery);
}

async function* listSamples(sweep: string): AsyncGenerator<WorkflowHandle> {
  const query = `WorkflowType="sampleUnitsWorkflow" AND WhetstoneSweep="${sweep}"`;
  for await (const { workflowId } of harness.client.workflow.list({ query }))
    yield harness.client.workflow.getHandle(workflowId);
}

/**
 * For each failed attempt, its error and the wait that it requested, as recorded by Temporal; polls
 * until there are `attempts`.
 */
async function readFailures(
  sweep: string,
  attempts: number,
): Promise<ReadonlyMap<number, readonly [string, number | null]>> {
  const failures = new Map<number, readonly [string, number | null]>();
  await waitFor(`${attempts} failed attempts`, async () => {
    for await (const sample of listSamples(sweep)) {
      const { raw } = await sample.describe();
      for (const { attempt, lastFailure } of raw.pendingActivities ?? []) {
        const failure = lastFailure?.applicationFailureInfo;
        if (!failure || attempt == null) continue;
        const seconds = failure.nextRetryDelay?.seconds;
        // The pending attempt is the one after the failed one.
        failures.set(attempt - 1, [failure.type ?? "", seconds == null ? null : Number(seconds)]);
      }
    }
    return failures.has(attempts);
  });
  return failures;
}

test("a busy engine's wait is honored and never shortens the step's own backoff", async () => {
  const config = await harness.plan(
    smallConfig("busy", ["base"], { limit: 1, seed: 8, temperature: 0.5 }),
  );
  gateway.mode = "busy";
  const running = await startSweep(harness.client, { config });
  const failures = await readFailures("busy", 3);
  gateway.mode = "pass";
  expect(failures.get(2)).toEqual(["ENGINE_OVERLOADED", BUSY_SECONDS]);
  // Temporal's own backoff would be 1, 2, then 4 seconds.
  expect(failures.get(3)).toEqual(["ENGINE_OVERLOADED", 4]);
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
});

test("without a requested wait, the step's own backoff grows", async () => {
  const config = await harness.plan(
    smallConfig("unavailable", ["base"], { limit: 1, seed: 9, temperature: 0.5 }),
  );
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config });
  const failures = await readFailures("unavailable", 3);
  gateway.mode = "pass";
  expect(failures.get(3)).toEqual(["ENGINE_NOT_READY", null]);
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
});

/** The number of attempts of each step of a finished sweep, as counted by Temporal. */
async function readAttempts(sweep: string): Promise<number[]> {
  const attempts: number[] = [];
  for await (const sample of listSamples(sweep)) {
    const { events } = await sample.fetchHistory();
    for (const { activityTaskStartedEventAttributes: started } of events ?? [])
      if (started) attempts.push(started.attempt ?? 0);
  }
  return attempts;
}

test("waiting for an engine does not use up the attempts for out-of-memory errors", async () => {
  const config = await harness.plan(
    smallConfig("exhausted", ["base"], { limit: 1, seed: 10, temperature: 0.5 }),
  );
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config });
  await readFailures("exhausted", 1);
  gateway.mode = "exhausted";
  await running.result();
  expect(await harness.store.listResults("exhausted")).toMatchObject([
    { outcome: "failed", errorCode: "ENGINE_OUT_OF_MEMORY" },
  ]);
  // One attempt found no engine; five ran out of memory.
  expect(Math.max(...(await readAttempts("exhausted")))).toBe(6);
});

test("a lost adapter is retrained to the same weights and answer", async () => {
  const variants = ["{ name: tt-si-all, method: tt-si, selection: all }"];
  const config = await harness.plan(smallConfig("lost", variants, { limit: 6, seed: 6 }));
  const lost = new Set<string>();
  // The first request to each adapter finds it missing, as after an engine restart.
  const { engineUrl } = inject("servers");
  gateway.onRequest = async (method, path) => {
    if (method === "POST" && path === "/v1/chat/completions")
      await dropNewAdapters(engineUrl, lost);
  };
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  const rows = (await harness.store.listResults("lost")).filter(({ adapted }) => adapted);
  expect(rows.length).toBeGreaterThan(0);
  const retrained = rows.filter(({ trace }) => (trace.training?.retrained ?? 0) > 0);
  expect(retrained.length).toBeGreaterThan(0);
  const trained = (steps: readonly { readonly step: string }[]): number =>
    steps.filter(({ step }) => step === "trainAdapter").length;
  for (const { trace } of rows) {
    expect(trained(trace.timings)).toBe(1 + (trace.training?.retrained ?? 0));
  }
});

test("units that wait for a shared adaptation recover when it is lost", async () => {
  const variants = [1.1, 1.2, 1.3, 1.4].map(
    (tau, index) => `{ name: t${index}, method: tt-si, tau: ${tau} }`,
  );
  const config = await harness.plan(smallConfig("joined", variants, { limit: 3, seed: 10 }));
  const lost = new Set<string>();
  const { engineUrl } = inject("servers");
  gateway.onRequest = async (method, path) => {
    if (method === "POST" && path === "/v1/chat/completions")
      await dropNewAdapters(engineUrl, lost);
  };
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  expect(lost.size).toBeGreaterThan(0);
  const rows = (await harness.store.listResults("joined")).filter(({ adapted }) => adapted);
  expect(rows.length).toBeGreaterThan(0);
  for (const key of new Set(rows.map(({ sampleKey }) => sampleKey))) {
    const equal = rows.filter(({ sampleKey }) => sampleKey === key);
    expect(equal).toHaveLength(4);
    expect(new Set(equal.map(({ trace }) => trace.training?.weightHash)).size).toBe(1);
    expect(new Set(equal.map(({ trace }) => trace.answer?.texts[0])).size).toBe(1);
  }
});
