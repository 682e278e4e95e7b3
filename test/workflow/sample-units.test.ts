import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { pauseSweep, startSweep, unpauseSweep } from "../../cli/sweep/sweep-client.js";
import {
  partitionWorkflowId,
  sampleWorkflowId,
  sweepWorkflowId,
} from "../../contracts/queues-and-ids.js";
import type { SampleUnitsResult } from "../../contracts/sample-input.js";
import type { ResultRow } from "../../store/store.js";
import { askWorkflow } from "./ask-workflow.js";
import { smallConfig } from "./configs.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { waitFor } from "./wait-for.js";

let harness: Harness;
let gateway: Gateway;

beforeAll(async () => {
  const servers = inject("servers");
  gateway = await openGateway(servers.engineUrl);
  harness = await openHarness(servers, "sample-units", gateway.url);
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterEach(() => {
  gateway.mode = "pass";
  gateway.modes = {};
});

afterAll(async () => {
  await harness.close();
  await gateway.close();
});

/** Answers that no other sweep of this file has computed. */
const drawn = { temperature: 0.5 };
const three = ["base", "argmax-name", "{ name: all, method: tt-si, selection: all }"];
const finished = { status: "finished", reason: null, pending: 0, failed: 0 };

async function run(lines: readonly string[], workflowPer: "sample" | "unit" = "sample") {
  const config = await harness.plan(lines);
  const result = await (await startSweep(harness.client, { config, workflowPer })).result();
  return { result, rows: await harness.store.listResults(config.sweep) };
}

async function listRuns(sweep: string, type = "sampleUnitsWorkflow") {
  const query = `WorkflowType="${type}" AND WhetstoneSweep="${sweep}"`;
  const runs = [];
  for await (const each of harness.client.workflow.list({ query })) runs.push(each);
  return runs;
}

const idOf = ({ sweep, role, dataset, sampleKey }: ResultRow): string =>
  sampleWorkflowId({ sweep, role, dataset, sampleKey });

/** Waits until a sample's workflow is waiting for the engine. */
async function waitForSample(sweep: string): Promise<string> {
  return waitFor("an open sample", async () => {
    const open = (await listRuns(sweep)).find(({ status }) => status.name === "RUNNING");
    return open?.workflowId;
  });
}

test("a sample's variants and seeds share one workflow, whose page and result list them", async () => {
  const lines = smallConfig("shared", three, { limit: 3 }).map((line) =>
    line.startsWith("seeds:") ? "seeds: [0, 1]" : line,
  );
  const { result, rows } = await run(lines);
  expect(result).toEqual(finished);
  expect(rows).toHaveLength(3 * 3 * 2);
  const runs = await listRuns("shared");
  expect(new Set(runs.map(({ workflowId }) => workflowId))).toEqual(new Set(rows.map(idOf)));
  expect(runs).toHaveLength(3);
  for (const { workflowId, runId } of runs) {
    const own = rows.filter((row) => idOf(row) === workflowId);
    expect(own.map((row) => [row.trace.workflowId, row.runId])).toEqual(
      own.map(() => [workflowId, runId]),
    );
    const handle = harness.client.workflow.getHandle(workflowId, runId);
    const { ended, left } = (await handle.result()) as SampleUnitsResult;
    expect(left).toEqual([]);
    expect(ended.map(({ variant, seed }) => `${variant} ${seed}`)).toEqual(
      [0, 1].flatMap((seed) => ["base", "argmax-name", "all"].map((name) => `${name} ${seed}`)),
    );
    const description = await handle.describe();
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(attributes["WhetstoneVariants"]).toEqual(["base", "argmax-name", "all"]);
    expect(attributes["WhetstoneOutcomes"]).toHaveLength(
      new Set(own.map(({ variant, outcome, correct }) => `${variant} ${outcome} ${correct}`)).size,
    );
    expect(attributes["WhetstoneVariant"]).toBeUndefined();
    expect(await description.staticSummary()).toBe(
      `lookalike ${own[0]?.sampleKey ?? ""}: base, argmax-name, all, 2 seeds`,
    );
    const { currentDetails } = await askWorkflow<{ currentDetails: string }>(
      handle,
      "__temporal_workflow_metadata",
    );
    for (const { variant } of own) expect(currentDetails).toContain(`**${variant}** (`);
    expect(currentDetails).toMatch(/argmax-name\s+1\s+(right|wrong|unparsable)/);
  }
});

test("a variant that is added later runs in another run of the sample's workflow, alone", async () => {
  await run(smallConfig("grown", ["base"], { limit: 2, seed: 3 }));
  const { result, rows } = await run(
    smallConfig("grown", ["base", "argmax-name"], { limit: 2, seed: 3 }),
  );
  expect(result).toEqual(finished);
  expect(rows.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  const runs = await listRuns("grown");
  expect(runs).toHaveLength(4);
  expect(new Set(runs.map(({ workflowId }) => workflowId)).size).toBe(2);
});

test("a failed unit leaves the sample's other units alone, and a retry runs only it", async () => {
  gateway.modes = { "/v1/adapters": "reject" };
  const config = await harness.plan(
    smallConfig("partly", three, {
      limit: 2,
      seed: 4,
      run: "concurrency: 2, partitions: 1, failOnError: 100",
    }),
  );
  const first = await (await startSweep(harness.client, { config })).result();
  expect(first).toEqual({ ...finished, failed: 2 });
  const ends = (await harness.store.listResults("partly")).map(
    ({ variant, outcome }) => `${variant} ${outcome === "failed"}`,
  );
  expect(ends.toSorted()).toEqual([
    ...["all true", "all true", "argmax-name false", "argmax-name false"],
    ...["base false", "base false"],
  ]);
  for (const { workflowId } of await listRuns("partly")) {
    const { typedSearchAttributes } = await harness.client.workflow
      .getHandle(workflowId)
      .describe();
    const values = new Map(
      typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(values.get("WhetstoneOutcome")).toBe("failed");
    expect(values.get("WhetstoneOutcomes")).toContain("all failed");
    expect(values.get("WhetstoneError")).toBe("ENGINE_INVALID_REQUEST");
  }

  gateway.modes = {};
  const retried = await startSweep(harness.client, { config, retryFailed: true });
  expect(await retried.result()).toEqual(finished);
  const rows = await harness.store.listResults("partly");
  expect(rows.map(({ variant, attempt }) => `${variant} ${attempt}`).toSorted()).toEqual([
    ...["all 2", "all 2", "argmax-name 1", "argmax-name 1", "base 1", "base 1"],
  ]);
});

test("a terminated sample gets failed rows, and a retry runs its units again", async () => {
  const lines = smallConfig("ended", three, {
    ...drawn,
    limit: 1,
    seed: 5,
    run: "concurrency: 1, partitions: 1, failOnError: 100",
  });
  const config = await harness.plan(lines);
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config });
  await harness.client.workflow.getHandle(await waitForSample("ended")).terminate();
  expect(await running.result()).toEqual({ ...finished, failed: 3 });
  gateway.mode = "pass";
  const rows = await harness.store.listResults("ended");
  expect(rows.map(({ errorCode }) => errorCode)).toEqual(rows.map(() => "UNIT_TERMINATED"));
  expect(rows.map(({ trace }) => trace.workflowId)).toEqual(rows.map(idOf));
  const retried = await startSweep(harness.client, { config, retryFailed: true });
  expect(await retried.result()).toEqual(finished);
});

test("a sweep that is started again waits for samples that its terminated root left running", async () => {
  const config = await harness.plan(
    smallConfig("left", three, {
      ...drawn,
      limit: 2,
      seed: 6,
      run: "concurrency: 2, partitions: 1",
    }),
  );
  gateway.mode = "unavailable";
  await startSweep(harness.client, { config });
  await waitFor("both samples", async () => (await listRuns("left")).length === 2);
  await harness.client.workflow.getHandle(sweepWorkflowId("left")).terminate();
  const again = await startSweep(harness.client, { config });
  const partition = harness.client.workflow.getHandle(partitionWorkflowId("left", "report", 0));
  await waitFor("a look at the samples", async () => {
    const { events } = await partition.fetchHistory();
    return events?.some(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === "inspectSample",
    );
  });
  gateway.mode = "pass";
  expect(await again.result()).toEqual(finished);
  const rows = await harness.store.listResults("left");
  expect(rows.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await listRuns("left")).toHaveLength(2);
});

test("a pause lets a sample finish its unit in flight, and the rest run after it", async () => {
  const config = await harness.plan(
    smallConfig("drained", three, {
      ...drawn,
      limit: 1,
      seed: 7,
      run: "concurrency: 1, partitions: 1",
    }),
  );
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config });
  const sample = harness.client.workflow.getHandle(await waitForSample("drained"));
  await pauseSweep(harness.client, "drained");
  await waitFor("the drain", async () => {
    const { events } = await sample.fetchHistory();
    return events?.some((event) => event.workflowExecutionSignaledEventAttributes);
  });
  gateway.mode = "pass";
  const { ended, left } = (await sample.result()) as SampleUnitsResult;
  expect(ended.map(({ variant }) => variant)).toEqual(["base"]);
  expect(left.map(({ variant }) => variant)).toEqual(["argmax-name", "all"]);
  await unpauseSweep(harness.client, "drained");
  expect(await running.result()).toEqual(finished);
  const rows = await harness.store.listResults("drained");
  expect(new Set(rows.map(({ runId }) => runId)).size).toBe(2);
});

test("a sample runs its units side by side if nothing else is to run", async () => {
  const config = await harness.plan(
    smallConfig("wide", three, {
      ...drawn,
      limit: 1,
      seed: 8,
      run: "concurrency: 8, partitions: 1",
    }),
  );
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config });
  const sample = harness.client.workflow.getHandle(await waitForSample("wide"));
  await waitFor("three steps", async () => {
    const { raw } = await sample.describe();
    return raw.pendingActivities?.length === 3;
  });
  gateway.mode = "pass";
  expect(await running.result()).toEqual(finished);
});

test("a sweep that an earlier version started goes on with a workflow per unit", async () => {
  const { result, rows } = await run(smallConfig("former", three, { limit: 2, seed: 9 }), "unit");
  expect(result).toEqual(finished);
  expect(rows.map(({ trace }) => trace.workflowId)).toEqual(rows.map(() => undefined));
  const runs = await listRuns("former", "sampleWorkflow");
  expect(new Set(runs.map(({ workflowId }) => workflowId))).toEqual(
    new Set(rows.map(({ unitKey }) => unitKey)),
  );
  expect(await listRuns("former")).toEqual([]);
});
