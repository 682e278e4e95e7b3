/**
 * Records the histories of sweeps with a workflow per unit that replay.test.ts replays, from real runs:
 * `npx tsx test/replay/record-histories.ts`. Record anew only when old histories no longer have to replay; otherwise add
 * new ones beside them, as record-sample-histories.ts does.
 */
import type { StartSweepOptions } from "../../cli/sweep/sweep-client.js";
import { cancelSweep, startSweep } from "../../cli/sweep/sweep-client.js";
import type { ResultRow } from "../../store/store.js";
import { fineTuneWorkflowId, sweepWorkflowId } from "../../contracts/queues-and-ids.js";
import { smallConfig } from "../workflow/configs.js";
import { openGateway } from "../workflow/gateway.js";
import type { Harness } from "../workflow/harness.js";
import { openHarness } from "../workflow/harness.js";
import { startServers } from "../workflow/servers.js";
import { waitFor } from "../workflow/wait-for.js";
import { dropNewAdapters } from "../workflow/drop-new-adapters.js";
import { record } from "./record-history.js";

async function recordUnit(
  harness: Harness,
  sweep: string,
  name: string,
  isWanted: (row: ResultRow) => boolean,
): Promise<void> {
  const row = (await harness.store.listResults(sweep)).find(isWanted);
  if (!row) throw new Error(`no unit for ${name}: run it again, or with another seed`);
  await record(harness, name, row.unitKey);
}

const { servers, stop } = await startServers(["recording"]);
const gateway = await openGateway(servers.engineUrl);
const harness = await openHarness(servers, "recording", gateway.url);
const start = (options: StartSweepOptions) =>
  startSweep(harness.client, { ...options, workflowPer: "unit" });
try {
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);

  const variants = [
    "base",
    "{ name: tt-si-auto, method: tt-si, tau: auto }",
    "{ name: tt-si-all, method: tt-si, selection: all, synthesis: { maxTokens: 12, maxAttempts: 2 } }",
    "argmax-name",
  ];
  const whole = await harness.plan(smallConfig("whole", variants, { limit: 4, calibration: 3 }));
  await (await start({ config: whole })).result();
  await record(harness, "sweep-with-calibration", sweepWorkflowId("whole"));
  await record(harness, "partition", `${sweepWorkflowId("whole")}/report/0`);
  await recordUnit(harness, "whole", "sample-calibration", ({ role }) => role === "calibration");
  await recordUnit(harness, "whole", "sample-base", ({ variant }) => variant === "base");
  await recordUnit(harness, "whole", "sample-argmax", ({ variant }) => variant === "argmax-name");
  await recordUnit(
    harness,
    "whole",
    "sample-exhausted",
    (row) => row.synthesisStatus === "exhausted",
  );

  const mute = smallConfig("mute", ["base"], { limit: 30, run: "concurrency: 2, partitions: 2" });
  const unreadable = await harness.plan(
    mute.map((line) =>
      line.startsWith("inference:") ? "inference: { maxTokens: 1, decoding: free }" : line,
    ),
  );
  await (await start({ config: unreadable })).result();
  await record(harness, "sweep-unreadable", sweepWorkflowId("mute"));
  await record(harness, "partition-unreadable", `${sweepWorkflowId("mute")}/report/0`);

  const adapting = ["{ name: first, method: tt-si, selection: all }"];
  const adapted = await harness.plan(smallConfig("adapted", adapting, { limit: 3, seed: 1 }));
  await (await start({ config: adapted })).result();
  await recordUnit(harness, "adapted", "sample-adapted", (row) => row.adapted);

  const others = [
    "{ name: grounded, method: tt-si, selection: all, synthesis: { grounding: substitute } }",
    "{ name: shuffled, method: shuffled-pair, selection: all, synthesis: { grounding: substitute } }",
    "{ name: shown, method: icl }",
    "{ name: tuned, method: sft, training: { epochs: 1, batchSize: 2 } }",
  ];
  const methods = await harness.plan([
    ...smallConfig("methods", others, { limit: 3, seed: 5 }),
    "split: { format: lookalike, limit: 8 }",
  ]);
  await (await start({ config: methods })).result();
  await record(harness, "sweep-with-fine-tuning", sweepWorkflowId("methods"));
  const target = { variant: "tuned", dataset: "lookalike", seed: 5 };
  await record(harness, "fine-tune", fineTuneWorkflowId("methods", target));
  for (const name of ["grounded", "shuffled", "shown", "tuned"]) {
    await recordUnit(harness, "methods", `sample-${name}`, ({ variant }) => variant === name);
  }

  const again = await harness.plan(smallConfig("known", adapting, { limit: 3, seed: 1 }));
  await (await start({ config: again, recordOn: "cpu" })).result();
  await recordUnit(harness, "known", "sample-answer-known", (row) => row.adapted);

  const losing = await harness.plan(smallConfig("lost", adapting, { limit: 3, seed: 2 }));
  const dropped = new Set<string>();
  gateway.onRequest = async (method, path) => {
    if (method === "POST" && path === "/v1/chat/completions") {
      await dropNewAdapters(servers.engineUrl, dropped);
    }
  };
  await (await start({ config: losing })).result();
  gateway.onRequest = () => Promise.resolve();
  await recordUnit(
    harness,
    "lost",
    "sample-retrained",
    ({ trace }) => (trace.training?.retrained ?? 0) > 0,
  );

  const refused = await harness.plan([
    ...smallConfig("refused", ["base"], {
      limit: 6,
      seed: 3,
      run: "concurrency: 2, partitions: 1, stopAfterSameError: 2",
    }),
  ]);
  gateway.mode = "refuse";
  await (await start({ config: refused })).result();
  gateway.mode = "pass";
  await recordUnit(harness, "refused", "sample-failed", ({ outcome }) => outcome === "failed");
  await record(harness, "sweep-stopped", sweepWorkflowId("refused"));

  const cancelled = await harness.plan(smallConfig("cancelled", adapting, { limit: 6, seed: 4 }));
  const running = await start({ config: cancelled });
  const partition = `${sweepWorkflowId("cancelled")}/report/0`;
  await waitFor("open units", async () => {
    const query = 'WhetstoneSweep="cancelled" AND WorkflowType="sampleWorkflow"';
    return (await harness.client.workflow.count(query)).count > 0;
  });
  await cancelSweep(harness.client, "cancelled");
  await running.result().catch(() => undefined);
  await record(harness, "sweep-cancelled", sweepWorkflowId("cancelled"));
  await record(harness, "partition-cancelled", partition);
} finally {
  await harness.close();
  await gateway.close();
  await stop();
}
