import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import type { Settings } from "../../infra/settings.js";
import { loadSettings } from "../../infra/settings.js";
import { connectClient, describeStartFailure } from "../../infra/temporal/connection.js";
import { runWorker } from "../../workers/run-worker.js";

let home: string;
let settings: Settings;

beforeEach(() => {
  const { temporalPort, engineUrl } = inject("servers");
  home = mkdtempSync(join(tmpdir(), "whetstone-namespace-"));
  vi.stubEnv("TEMPORAL_NAMESPACE", "nowhere");
  settings = loadSettings({
    WHETSTONE_HOME: home,
    WHETSTONE_ENGINE_URL: engineUrl,
    WHETSTONE_TEMPORAL_PORT: String(temporalPort),
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test("a namespace that does not exist is named by commands and workers", async () => {
  const address = `127.0.0.1:${settings.ports.temporal}`;
  const missing = {
    code: "TEMPORAL_NAMESPACE_MISSING",
    message: `The Temporal server at ${address} has no namespace "nowhere".`,
    hint: `set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace nowhere --address ${address}`,
  };
  await expect(connectClient(settings)).rejects.toMatchObject(missing);
  await expect(runWorker({ roles: ["cpu"], settings })).rejects.toMatchObject(missing);
});

test("a server that goes away while a worker starts is unreachable", () => {
  const target = { address: "127.0.0.1:1", namespace: "default", connectionOptions: {} };
  const lost = new Error(
    'Namespace default was not found or otherwise could not be described: Status { code: Unavailable, message: "tcp connect error" }',
  );
  expect(describeStartFailure(target, settings, lost)).toMatchObject({
    code: "TEMPORAL_UNREACHABLE",
    message: "No Temporal server responds at 127.0.0.1:1.",
  });
  const other = new Error("out of memory");
  expect(describeStartFailure(target, settings, other)).toBe(other);
});
