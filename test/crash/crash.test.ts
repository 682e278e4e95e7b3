import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../infra/temporal/connection.js";
import { isAlive } from "../../infra/dev-stack/process-record.js";
import type { ServiceStatus } from "../../infra/dev-stack/stack.js";
import type { ResultRow } from "../../store/store.js";
import { describeOutcomes } from "../e2e/small-sweep.js";
import type { RunningCli, Workspace } from "../e2e/workspace.js";
import { createWorkspace, waitFor } from "../e2e/workspace.js";
import { adaptingSweep } from "./adapting-sweep.js";
import { databaseOf, readRows as readRowsOf, startRun as startSweepRun } from "./own-database.js";

const config = adaptingSweep(16);
const units = 32;
/** `PENDING_ACTIVITY_STATE_STARTED`. */
const started = 2;

let workspace: Workspace;
let undisturbed: ResultRow[];

function environmentOf(sweep: string): NodeJS.ProcessEnv {
  return { WHETSTONE_DATABASE_URL: databaseOf(workspace, sweep) };
}

const startRun = (sweep: string): RunningCli => startSweepRun(workspace, sweep);
const readRows = (sweep: string): Promise<ResultRow[]> => readRowsOf(workspace, sweep);

/** Waits until the sweep has recorded this many rows. */
async function waitForRows(sweep: string, count: number): Promise<void> {
  await waitFor(
    () => `${count} results of ${sweep}`,
    async () => {
      try {
        return (await readRows(sweep)).length >= count;
      } catch {
        // The run has not created its database yet.
        return false;
      }
    },
  );
}

function findService(name: string): ServiceStatus {
  const service = workspace.services().find((entry) => entry.name === name);
  if (service === undefined) throw new Error(`${name} was never started`);
  return service;
}

async function kill(...names: readonly string[]): Promise<void> {
  await end("SIGKILL", names);
}

async function end(signal: "SIGKILL" | "SIGTERM", names: readonly string[]): Promise<void> {
  const services = names.map(findService);
  for (const { name, alive, record } of services) {
    expect(alive, `${name} runs before it is killed`).toBe(true);
    process.kill(record.pid, signal);
  }
  await waitFor(
    () => "the end",
    () => services.every(({ record }) => !isAlive(record)),
  );
}

/**
 * Waits until a worker is inside `trainAdapter`, according to the server's list of running
 * activities.
 */
async function waitForTraining(sweep: string, running: RunningCli): Promise<void> {
  const connection = await connectClient(workspace.settings);
  try {
    await waitFor(
      () => `a running training\n${running.stderr()}`,
      async () => {
        const query = `WhetstoneSweep = "${sweep}" AND ExecutionStatus = "Running"`;
        for await (const { workflowId, type } of connection.client.workflow.list({ query })) {
          if (type !== "sampleUnitsWorkflow") continue;
          const { raw } = await connection.client.workflow.getHandle(workflowId).describe();
          const isTraining = raw.pendingActivities?.some(
            (activity) =>
              activity.activityType?.name === "trainAdapter" && Number(activity.state) === started,
          );
          if (isTraining === true) return true;
        }
        return false;
      },
    );
  } finally {
    await connection.close();
  }
}

/**
 * Checks that nothing was lost, duplicated or failed, and that results equal those of an
 * undisturbed run.
 */
async function expectUndisturbedResults(sweep: string): Promise<ResultRow[]> {
  const rows = await readRows(sweep);
  expect(rows).toHaveLength(units);
  expect(rows.filter((row) => row.outcome === "failed")).toEqual([]);
  expect(rows.filter((row) => row.attempt !== 1)).toEqual([]);
  expect(describeOutcomes(rows)).toEqual(describeOutcomes(undisturbed));
  const again = await startRun(sweep).ended;
  expect(again.stderr).toContain(`Sweep ${sweep} is complete; there is nothing to run.\n`);
  expect(again.code).toBe(0);
  expect(await readRows(sweep)).toEqual(rows);
  return rows;
}

beforeAll(async () => {
  workspace = await createWorkspace();
  workspace.write("config.yaml", config);
  const result = await startRun("undisturbed").ended;
  expect(result.code, result.stderr).toBe(0);
  undisturbed = await readRows("undisturbed");
  expect(undisturbed).toHaveLength(units);
});

afterAll(async () => {
  await workspace.close();
});

describe("a sweep survives SIGKILL of", () => {
  it("the GPU worker while it trains", async () => {
    const running = startRun("gpu-worker");
    await waitForRows("gpu-worker", 2);
    await waitForTraining("gpu-worker", running);
    await kill("worker-gpu");
    const result = await running.ended;
    expect(result.stderr).toMatch(/worker-gpu died; restart(ing|ed)\n/);
    expect(result.code, result.stderr).toBe(0);
    const rows = await expectUndisturbedResults("gpu-worker");
    const again = rows.filter(({ trace }) => trace.timings.some((timing) => timing.attempt > 1));
    const elsewhere = rows.filter((row) => (row.trace.training?.retrained ?? 0) > 0);
    expect(again.length + elsewhere.length).toBeGreaterThan(0);
  });

  it("the orchestrator and CPU worker", async () => {
    const running = startRun("orchestrator");
    await waitForRows("orchestrator", 3);
    await kill("worker-orchestrator-cpu");
    const result = await running.ended;
    expect(result.stderr).toMatch(/worker-orchestrator-cpu died; restart(ing|ed)\n/);
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults("orchestrator");
  });

  it("the engine and every adapter in it", async () => {
    const running = startRun("engine");
    await waitForRows("engine", 2);
    await waitForTraining("engine", running);
    await kill("engine");
    const result = await running.ended;
    expect(result.stderr).toMatch(/engine died; restart(ing|ed)\n/);
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults("engine");
  });

  it("the Temporal server", async () => {
    const running = startRun("temporal");
    await waitForRows("temporal", 3);
    await kill("temporal");
    const result = await running.ended;
    expect(result.stderr).toMatch(/temporal died; restart(ing|ed)\n/);
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults("temporal");
  });

  it("the command line: the workers continue, and the same command joins", async () => {
    const running = startRun("command");
    await waitForRows("command", 2);
    running.process.kill("SIGKILL");
    await running.ended;
    const before = (await readRows("command")).length;
    await waitForRows("command", before + 1);
    const result = await startRun("command").ended;
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults("command");
  });

  it("everything at once: the same command restarts it all and continues", async () => {
    const running = startRun("everything");
    await waitForRows("everything", 3);
    running.process.kill("SIGKILL");
    await kill("supervisor", "worker-gpu", "worker-orchestrator-cpu", "engine", "temporal");
    await running.ended;
    const before = (await readRows("everything")).length;
    expect(before).toBeLessThan(units);
    const result = await startRun("everything").ended;
    expect(result.stderr).toContain("joined sweep everything\n");
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults("everything");
  });
});

it("a sweep survives an engine shutdown: interrupted steps are repeated", async () => {
  const running = startRun("asked");
  await waitForRows("asked", 2);
  await waitForTraining("asked", running);
  await end("SIGTERM", ["engine"]);
  const result = await running.ended;
  expect(result.stderr).toMatch(/engine died; restart(ing|ed)\n/);
  expect(result.code, result.stderr).toBe(0);
  await expectUndisturbedResults("asked");
});

it("a detached sweep survives SIGKILL of each process in turn without a command that follows it", async () => {
  const environment = environmentOf("detached");
  const config = ["run", "config.yaml", "--set", "sweep=detached"];
  const detached = await workspace.run([...config, "--detach"], environment);
  expect(detached.code, detached.stderr).toBe(0);
  for (const name of ["worker-gpu", "engine", "worker-orchestrator-cpu", "temporal"]) {
    const before = (await readRows("detached")).length;
    await waitForRows("detached", Math.min(before + 1, units));
    await kill(name);
    await waitFor(
      () => `${name} to run again`,
      () => workspace.services().some((service) => service.name === name && service.alive),
    );
  }
  await waitForRows("detached", units);
  // All rows are there; this waits until the sweep is closed.
  const result = await startRun("detached").ended;
  expect(result.code, result.stderr).toBe(0);
  await expectUndisturbedResults("detached");
});

describe("a sweep survives SIGKILL of a single-role worker:", () => {
  it.each(["worker-orchestrator", "worker-cpu"])("%s", async (name) => {
    const sweep = `only-${name.slice("worker-".length)}`;
    const environment = environmentOf(sweep);
    const up = await workspace.run(["dev", "up", "--separate"], environment);
    expect(up.code, up.stderr).toBe(0);
    const config = ["run", "config.yaml", "--set", `sweep=${sweep}`];
    const detached = await workspace.run([...config, "--detach"], environment);
    expect(detached.code, detached.stderr).toBe(0);
    await waitForRows(sweep, 3);
    await kill(name);
    const result = await workspace.run(config, environment);
    expect(result.code, result.stderr).toBe(0);
    await expectUndisturbedResults(sweep);
  });
});

async function failAfterMinute(what: string): Promise<never> {
  await sleep(60_000, undefined, { ref: false });
  throw new Error(`timed out waiting for ${what}`);
}

describe("Ctrl-C", () => {
  it("ends with code 130, the resume command and the processes that continue; the sweep completes", async () => {
    const running = startRun("interrupted");
    await waitForRows("interrupted", 1);
    running.process.kill("SIGINT");
    const result = await Promise.race([running.ended, failAfterMinute("the command to end")]);
    expect(result.code).toBe(130);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(
      /\nStarted units of sweep interrupted continue in the background: worker-.+ Stop them with `npx whetstone dev down`\.\nResume with: npx whetstone resume interrupted\n$/,
    );
    const resumed = await workspace.run(["resume", "interrupted"], environmentOf("interrupted"));
    expect(resumed.code, resumed.stderr).toBe(0);
    await expectUndisturbedResults("interrupted");
  });
});
