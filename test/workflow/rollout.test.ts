import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker, bundleWorkflowCode } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createRecallActivities } from "../../activities/local/recall-steps.js";
import { createRecordActivities } from "../../activities/local/record-result.js";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import {
  ORCHESTRATOR_QUEUE,
  partitionWorkflowId,
  sweepWorkflowId,
} from "../../contracts/queues-and-ids.js";
import { findTemporalCli } from "../../infra/dev-stack/temporal-cli.js";
import { repositoryRoot } from "../../infra/repository.js";
import { connectWorker } from "../../infra/temporal/connection.js";
import { deploymentOptions } from "../../workers/deployment.js";
import { smallConfig } from "./configs.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { waitFor } from "./wait-for.js";

/** Two pages of a partition; the last units are on the second. */
const UNITS = 330;

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(inject("servers"), "rollout");
});

afterAll(() => harness.close());

/** Makes a version current, as docs/guides/operations.md says. */
async function release(version: string): Promise<void> {
  const { settings, namespace } = harness;
  const target = ["--address", `127.0.0.1:${settings.ports.temporal}`, "--namespace", namespace];
  const command = ["worker", "deployment", "set-current-version", "--yes", ...target];
  const names = ["--deployment-name", "whetstone", "--build-id", version];
  await waitFor(`version ${version}`, () =>
    promisify(execFile)(findTemporalCli(), [...command, ...names]).then(
      () => true,
      () => false,
    ),
  );
}

/** The later release: its samples issue another first command. */
async function serveChangedWorkflows(version: string): Promise<() => Promise<void>> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(repositoryRoot, "test", "workflow", "changed-versioned-workflows.ts"),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, extensionAlias: { ".js": [".ts", ".js"] } },
    }),
  });
  const { connection } = await connectWorker(harness.settings);
  const worker = await Worker.create({
    ...{ connection, namespace: harness.namespace, taskQueue: ORCHESTRATOR_QUEUE },
    workflowBundle: { code },
    activities: {
      ...createRecallActivities(harness),
      ...createRecordActivities({ ...harness, toolVersion: version }),
    },
    enableNonLocalActivities: false,
    ...deploymentOptions(version),
  });
  const serving = worker.run();
  return async () => {
    worker.shutdown();
    await serving;
    await connection.close();
  };
}

/** Version of a workflow's latest run. */
async function versionOf(workflowId: string, runId?: string): Promise<string | undefined> {
  const { raw } = await harness.client.workflow.getHandle(workflowId, runId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

test("a release in mid-sweep leaves open samples to the old version and moves the rest up", async () => {
  await harness.startWorker(["orchestrator", "cpu"], { deploymentVersion: "one" });
  await harness.startWorker(["gpu"]);
  await release("one");
  const config = await harness.plan(
    smallConfig("rollout", ["base"], {
      limit: UNITS,
      seed: 41,
      run: "concurrency: 8, partitions: 1",
    }),
  );
  const running = await startSweep(harness.client, { config });
  await waitFor(
    "results",
    async () => (await harness.store.countResults("rollout")).scored >= 20,
    300_000,
  );

  const stopChanged = await serveChangedWorkflows("two");
  await harness.startWorker(["cpu"], { deploymentVersion: "two" });
  await release("two");

  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  const versions = new Map<string | undefined, number>();
  const samples = harness.client.workflow.list({ query: 'WorkflowType = "sampleUnitsWorkflow"' });
  for await (const { workflowId, runId, status } of samples) {
    expect(status.name).toBe("COMPLETED");
    const version = await versionOf(workflowId, runId);
    versions.set(version, (versions.get(version) ?? 0) + 1);
  }
  // Visibility may lack the last ones.
  expect([...versions.keys()].sort()).toEqual(["one", "two"]);
  expect(versions.get("one")).toBeLessThanOrEqual(300);
  expect(await versionOf(partitionWorkflowId("rollout", "report", 0))).toBe("two");
  expect(await versionOf(sweepWorkflowId("rollout"))).toBe("two");
  await stopChanged();
}, 900_000);
