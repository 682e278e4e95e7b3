/**
 * Records the histories of sweeps with a workflow per sample that replay.test.ts replays, from real runs:
 * `npx tsx test/replay/record-sample-histories.ts`. Record anew only when old histories no longer have to replay.
 */
import { cancelSweep, pauseSweep, startSweep, unpauseSweep } from "../../cli/sweep/sweep-client.js";
import { partitionWorkflowId, sweepWorkflowId } from "../../contracts/queues-and-ids.js";
import { smallConfig } from "../workflow/configs.js";
import { openGateway } from "../workflow/gateway.js";
import { openHarness } from "../workflow/harness.js";
import { startServers } from "../workflow/servers.js";
import { waitFor } from "../workflow/wait-for.js";
import { record } from "./record-history.js";

const { servers, stop } = await startServers(["recording"]);
const gateway = await openGateway(servers.engineUrl);
const harness = await openHarness(servers, "recording", gateway.url);

async function listSamples(sweep: string): Promise<string[]> {
  const query = `WhetstoneSweep="${sweep}" AND WorkflowType="sampleUnitsWorkflow"`;
  const ids: string[] = [];
  for await (const { workflowId } of harness.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Waits for a sample that has started while the engine does not answer. */
async function findOpen(sweep: string): Promise<string> {
  return waitFor("an open sample", async () => (await listSamples(sweep))[0]);
}

try {
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
  const variants = [
    "base",
    "{ name: tt-si-auto, method: tt-si, tau: auto }",
    "{ name: tt-si-all, method: tt-si, selection: all }",
    "argmax-name",
  ];
  const whole = await harness.plan(smallConfig("whole", variants, { limit: 4, calibration: 3 }));
  await (await startSweep(harness.client, { config: whole })).result();
  await record(harness, "by-sample-sweep", sweepWorkflowId("whole"));
  await record(harness, "by-sample-partition", partitionWorkflowId("whole", "report", 0));
  const [adapted] = (await harness.store.listResults("whole")).filter((row) => row.adapted);
  await record(harness, "by-sample-units", adapted?.trace.workflowId ?? "");

  const failing = await harness.plan(
    smallConfig("failing", variants.slice(2), { limit: 3, seed: 1, run: "failOnError: 1" }),
  );
  gateway.modes = { "/v1/adapters": "reject" };
  await (await startSweep(harness.client, { config: failing })).result();
  gateway.modes = {};
  await record(harness, "by-sample-units-failed", await findOpen("failing"));

  const one = { limit: 1, run: "concurrency: 1, partitions: 1" };
  const paused = await harness.plan(smallConfig("paused", variants.slice(2), { ...one, seed: 2 }));
  gateway.mode = "unavailable";
  const running = await startSweep(harness.client, { config: paused });
  const sample = harness.client.workflow.getHandle(await findOpen("paused"));
  await pauseSweep(harness.client, "paused");
  await waitFor("the drain", async () => {
    const { events } = await sample.fetchHistory();
    return events?.some((event) => event.workflowExecutionSignaledEventAttributes);
  });
  gateway.mode = "pass";
  await sample.result();
  await record(harness, "by-sample-units-drained", sample.workflowId);
  await unpauseSweep(harness.client, "paused");
  await running.result();
  await record(harness, "by-sample-partition-paused", partitionWorkflowId("paused", "report", 0));

  const cancelled = await harness.plan(
    smallConfig("ended", variants.slice(2), { ...one, seed: 3 }),
  );
  gateway.mode = "unavailable";
  const ending = await startSweep(harness.client, { config: cancelled });
  const open = await findOpen("ended");
  await cancelSweep(harness.client, "ended");
  await ending.result().catch(() => undefined);
  await record(harness, "by-sample-units-cancelled", open);
  await record(harness, "by-sample-partition-cancelled", partitionWorkflowId("ended", "report", 0));
} finally {
  await harness.close();
  await gateway.close();
  await stop();
}
