import { spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { Worker, bundleWorkflowCode } from "@temporalio/worker";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { createRecallActivities } from "../../activities/local/recall-steps.js";
import { createRecordActivities } from "../../activities/local/record-result.js";
import { addStatusCommand } from "../../cli/commands/status.js";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import type { RunningSweep } from "../../cli/sweep/sweep-client.js";
import type { Stall } from "../../cli/sweep/stall/stall.js";
import { ORCHESTRATOR_QUEUE } from "../../contracts/queues-and-ids.js";
import { isEngineReady } from "../../infra/dev-stack/engine-service.js";
import { repositoryRoot } from "../../infra/repository.js";
import { connectWorker } from "../../infra/temporal/connection.js";
import { createRecordingTerminal } from "../unit/cli/recording-terminal.js";
import { smallConfig } from "./configs.js";
import type { Harness, RunningWorker } from "./harness.js";
import { openHarness } from "./harness.js";
import { findFreePort, spawnEngine, stopProcess, waitUntil } from "./servers.js";
import { waitFor } from "./wait-for.js";

let harness: Harness;
let engine: ChildProcess;
const workers: RunningWorker[] = [];

beforeAll(async () => {
  const servers = inject("servers");
  const port = await findFreePort();
  const engineUrl = `http://127.0.0.1:${port}`;
  harness = await openHarness(servers, "stall", engineUrl);
  engine = spawnEngine(servers.model, port, join(harness.settings.home, "artifacts"));
  await waitUntil("the engine", engine, () => isEngineReady(engineUrl));
});

afterEach(async () => {
  process.exitCode = undefined;
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

afterAll(async () => {
  engine.kill("SIGCONT");
  await harness.close();
  await stopProcess(engine);
});

/** Serves roles until the test ends. */
async function serve(...roles: Parameters<Harness["startWorker"]>[0]): Promise<RunningWorker> {
  const worker = await harness.startWorker(roles);
  workers.push(worker);
  return worker;
}

async function start(sweep: string, seed: number): Promise<RunningSweep> {
  const lines = smallConfig(sweep, ["base"], { limit: 24, seed, temperature: 0.5 });
  return startSweep(harness.client, { config: await harness.plan(lines) });
}

/** What `status SWEEP --json` prints, and its exit code. */
async function status(
  sweep: string,
): Promise<{ readonly stall?: Stall; readonly status: string; readonly code: unknown }> {
  const terminal = createRecordingTerminal();
  const program = new Command();
  addStatusCommand(program, { settings: harness.settings, terminal });
  process.exitCode = undefined;
  await program.parseAsync(["status", sweep, "--json"], { from: "user" });
  const record = JSON.parse(terminal.results[0] ?? "") as { status: string; stall?: Stall };
  return { ...record, code: process.exitCode };
}

/** Asks `status` until it names this stall. */
async function waitForStall(sweep: string, code: Stall["code"]): Promise<Stall> {
  return waitFor(
    code,
    async () => {
      const { stall, ...found } = await status(sweep);
      expect(found.code).toBe(stall === undefined ? undefined : 3);
      return stall?.code === code && stall;
    },
    90_000,
  );
}

test("no worker: names the role whose queue has work, until one runs", async () => {
  const running = await start("no-worker", 31);
  const stall = await waitForStall("no-worker", "STALLED_NO_WORKER");
  expect(stall).toMatchObject({
    reason:
      "1 task waits in queue whetstone-orchestrator, and no worker of role orchestrator takes them",
    next: "npx whetstone resume no-worker",
  });
  await serve("orchestrator", "cpu");
  const { reason } = await waitFor("the GPU queue", async () => {
    const found = await waitForStall("no-worker", "STALLED_NO_WORKER");
    return found.reason.includes("whetstone-gpu") && found;
  });
  expect(reason).toMatch(
    /^\d+ tasks wait in queue whetstone-gpu, and no worker of role gpu whose engine answers takes them$/,
  );
  await serve("gpu");
  expect(await running.result()).toMatchObject({ status: "finished", failed: 0 });
  expect(await status("no-worker")).toMatchObject({ status: "finished", code: undefined });
});

test("an engine that is stopped is named, and its work goes on once it runs again", async () => {
  await serve("orchestrator", "cpu", "gpu");
  const running = await start("hung", 32);
  await waitFor("results", async () => (await harness.store.countResults("hung")).scored > 0);
  engine.kill("SIGSTOP");
  const stall = await waitForStall("hung", "STALLED_NO_ENGINE");
  expect(stall.reason).toBe(`the engine at ${harness.settings.engineUrl} does not answer`);
  engine.kill("SIGCONT");
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
});

test("workflows whose tasks fail are named, and the printed command goes on without them", async () => {
  const orchestrator = await serve("orchestrator");
  const cpu = await serve("cpu");
  await start("changed", 33);
  await waitFor("a sample that waits for its first step", async () => {
    const open = harness.client.workflow.list({
      query: `WorkflowType = "sampleUnitsWorkflow" AND ExecutionStatus = "Running"`,
    });
    for await (const { workflowId } of open) {
      const { raw } = await harness.client.workflow.getHandle(workflowId).describe();
      if ((raw.pendingActivities ?? []).length > 0) return true;
    }
    return false;
  });
  await orchestrator.stop();

  const { code } = await bundleWorkflowCode({
    workflowsPath: join(repositoryRoot, "test", "workflow", "changed-workflows.ts"),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, extensionAlias: { ".js": [".ts", ".js"] } },
    }),
  });
  const { connection } = await connectWorker(harness.settings);
  const changed = await Worker.create({
    ...{ connection, namespace: harness.namespace, taskQueue: ORCHESTRATOR_QUEUE },
    workflowBundle: { code },
    activities: {
      ...createRecallActivities(harness),
      ...createRecordActivities({ ...harness, toolVersion: "changed" }),
    },
  });
  const serving = changed.run();
  await serve("gpu");
  const stall = await waitForStall("changed", "STALLED_WORKFLOW_FAILS");
  expect(stall.reason).toMatch(
    /^workers fail to run workflow changed\/lookalike\/\S+( and \d+ more)?, attempt \d+: .*Nondeterminism/,
  );
  changed.shutdown();
  await serving;
  await connection.close();

  const command = /or: (.*) && npx whetstone resume changed$/.exec(stall.next)?.[1] ?? "";
  const ended = spawnSync("bash", ["-c", command], { cwd: repositoryRoot, encoding: "utf8" });
  expect(`${ended.status} ${ended.stderr}`).toMatch(/^0 /);
  await waitForStall("changed", "STALLED_NOT_RUNNING");
  await serve("orchestrator");
  const config = (await harness.store.getSweep("changed"))?.config;
  if (config === undefined) throw new Error("the sweep is stored");
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  await cpu.stop();
});
