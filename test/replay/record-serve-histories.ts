/**
 * Records the histories of served requests that replay.test.ts replays, from real runs:
 * `npx tsx test/replay/record-serve-histories.ts`. Record anew only when old histories no longer have to replay.
 */
import { servedWorkflowId } from "../../contracts/queues-and-ids.js";
import { importDataset } from "../../datasets/index.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import { toChatTools } from "../../domain/samples/chat-tool.js";
import { smallConfig } from "../workflow/configs.js";
import { openGateway } from "../workflow/gateway.js";
import { openHarness } from "../workflow/harness.js";
import { openServed } from "../workflow/open-served.js";
import { startServers } from "../workflow/servers.js";
import { record } from "./record-history.js";

const { servers, stop } = await startServers(["recording"]);
const gateway = await openGateway(servers.engineUrl);
const harness = await openHarness(servers, "recording", gateway.url);
const { samples } = await importDataset({ name: "lookalike", format: "lookalike" });

try {
  await harness.startWorker(["orchestrator", "cpu", "gpu"]);
  const planned = await harness.plan(
    smallConfig("app", [
      "{ name: certain, method: tt-si, tau: 0 }",
      "{ name: adapting, method: tt-si, selection: all }",
    ]),
  );
  const [, adapting] = planned.variants as [VariantSpec, VariantSpec];
  const slow = { ...adapting, name: "slow", training: { ...adapting.training, epochs: 1_000 } };
  const config = { ...planned, variants: [...planned.variants, slow] };

  /** Asks one question and records the workflow that answers it. */
  const ask = async (
    name: string,
    variant: string,
    row: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const endpoint = await openServed(harness, config, variant);
    const { messages, tools } = samples[row]!.sample;
    const response = await fetch(`${endpoint.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": name, ...headers },
      body: JSON.stringify({ model: "app", messages, tools: toChatTools(tools) }),
    });
    console.log(response.status, response.headers.get("x-whetstone-answer"));
    const workflowId = servedWorkflowId({ sweep: "app", tenant: "local", requestId: name });
    await harness.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    await record(harness, name, workflowId);
    await endpoint.close();
  };

  await ask("served-certain", "certain", 0);
  await ask("served-adapted", "adapting", 1);
  await ask("served-late", "slow", 2, { "x-whetstone-budget-ms": "1" });
  gateway.modes = { "/v1/adapters": "reject" };
  await ask("served-by-base-after-failure", "adapting", 3);
  gateway.mode = "reject";
  await ask("served-failed", "adapting", 4);
} finally {
  await harness.close();
  await gateway.close();
  await stop();
}
