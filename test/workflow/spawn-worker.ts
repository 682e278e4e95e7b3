import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { WorkerRole } from "../../contracts/worker-role.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { Harness } from "./harness.js";
import { waitFor } from "./wait-for.js";

/** A busy machine takes minutes to bundle the workflows. */
const START_LIMIT_MS = 300_000;

/** A worker as a separate process, with its output in a file. */
export async function spawnWorker(
  harness: Harness,
  log: string,
  roles: readonly WorkerRole[] = ["orchestrator", "cpu", "gpu"],
  level: "debug" | "info" = "debug",
): Promise<ChildProcess> {
  const { settings, namespace } = harness;
  const messages = openSync(log, "a");
  const worker = spawn(
    process.execPath,
    [join(repositoryRoot, "bin", "whetstone.mjs"), "worker", ...roles],
    {
      stdio: ["ignore", messages, messages],
      env: {
        ...process.env,
        WHETSTONE_HOME: settings.home,
        WHETSTONE_DATABASE_URL: settings.databaseUrl,
        WHETSTONE_ENGINE_URL: settings.engineUrl,
        WHETSTONE_LOG_LEVEL: level,
        TEMPORAL_ADDRESS: `127.0.0.1:${settings.ports.temporal}`,
        TEMPORAL_NAMESPACE: namespace,
      },
    },
  );
  await waitFor(
    "the worker",
    () => Promise.resolve(readFileSync(log, "utf8").includes("worker ready")),
    START_LIMIT_MS,
  );
  return worker;
}
