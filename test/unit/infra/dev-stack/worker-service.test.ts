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

it("runs the workers of this machine without a version, whatever the environment says", () => {
  const settings = loadSettings({ WHETSTONE_DEPLOYMENT_VERSION: "0.2.0" });
  const { environment } = workerService(settings, ["orchestrator"]);
  expect(environment["WHETSTONE_DEPLOYMENT_VERSION"]).toBe("");
});
