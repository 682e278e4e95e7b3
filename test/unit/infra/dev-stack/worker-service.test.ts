import { expect, it } from "vitest";
import { workerService } from "../../../../infra/dev-stack/worker-service.js";
import { loadSettings } from "../../../../infra/settings.js";

const addresses = (env: NodeJS.ProcessEnv) =>
  ([["orchestrator", "cpu"], ["gpu"], ["cpu"]] as const).map(
    (roles) => workerService(loadSettings(env), roles).environment["WHETSTONE_METRICS_ADDRESS"],
  );

it("gives each worker of this machine a port of its own for metrics", () => {
  expect(addresses({ WHETSTONE_METRICS_ADDRESS: "0.0.0.0:9464" })).toEqual([
    "0.0.0.0:9464",
    "0.0.0.0:9465",
    "0.0.0.0:9466",
  ]);
  expect(addresses({})).toEqual(["", "", ""]);
});
