import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { repositoryRoot } from "../../infra/repository.js";
import type { Harness } from "./harness.js";
import { waitFor } from "./wait-for.js";

/** A worker of all roles as a separate process, at log level debug, with its output in a file. */
export async function spawnWorker(harness: Harness, log: string): Promise<ChildProcess> {
  const { settings, namespace } = harness;
  const messages = openSync(log, "a");
  const worker = spawn(
    process.execPath,
    [join(repositoryRoot, "bin", "whetstone.mjs"), "worker", "orchestrator", "cpu", "gpu"],
    {
      stdio: ["ignore", messages, messages],
      env: {
        ...process.env,
        WHETSTONE_HOME: settings.home,
        WHETSTONE_DATABASE_URL: settings.databaseUrl,
        WHETSTONE_ENGINE_URL: settings.engineUrl,
        WHETSTONE_LOG_LEVEL: "debug",
        TEMPORAL_ADDRESS: `127.0.0.1:${settings.ports.temporal}`,
        TEMPORAL_NAMESPACE: namespace,
      },
    },
  );
  await waitFor("the worker", () =>
    Promise.resolve(readFileSync(log, "utf8").includes("worker ready")),
  );
  return worker;
}
