import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { openHarness } from "./harness.js";
import { startServers } from "./servers.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs a small sweep on a server of its own; returns the server's database and the texts of the sweep's samples. */
async function runSweep(payloadKeys: string): Promise<{ database: Buffer; texts: string[] }> {
  vi.stubEnv("WHETSTONE_PAYLOAD_KEYS", payloadKeys);
  const { servers, stop } = await startServers(["privacy"]);
  const harness = await openHarness(servers, "privacy");
  try {
    await harness.startWorker(["orchestrator", "cpu", "gpu"]);
    const config = await harness.plan([
      "sweep: private",
      "dataset: { format: lookalike, limit: 3, calibration: 0 }",
      "inference: { temperature: 0, maxTokens: 64 }",
      "synthesis: { decoding: constrained, maxTokens: 160 }",
      "variants: [base, { name: tt-si-all, method: tt-si, selection: all }, argmax-name]",
    ]);
    const { status } = await (await startSweep(harness.client, { config })).result();
    expect(status).toBe("finished");
    const rows = await harness.store.listResults("private");
    expect(rows).toHaveLength(9);
    expect(rows.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const keys = new Set(rows.map(({ sampleKey }) => sampleKey));
    const samples = (await harness.store.listSamples("lookalike")).filter(({ key }) =>
      keys.has(key),
    );
    const queries = samples.flatMap(({ messages }) => messages.map(({ content }) => content));
    const pairs = rows.flatMap(({ trace }) => trace.synthesis?.pairs ?? []);
    const written = pairs.flatMap(({ instruction, input }) => [instruction, input]);
    const texts = [...queries, ...written].map((text) => text.slice(0, 24)).filter(Boolean);
    return { database: readFolder(servers.folder), texts };
  } finally {
    await harness.close();
    await stop();
  }
}

/** The files of the server's database, its write-ahead log included. */
function readFolder(folder: string): Buffer {
  const files = readdirSync(folder).filter((name) => name.startsWith("temporal.db"));
  return Buffer.concat(files.map((name) => readFileSync(join(folder, name))));
}

test("with payload keys, no text of a sample or pair is in Temporal's database", async () => {
  const hidden = await runSweep(`k1:${randomBytes(32).toString("base64")}`);
  expect(hidden.texts.length).toBeGreaterThan(3);
  expect(hidden.texts.filter((text) => hidden.database.includes(text))).toEqual([]);
  // The same search finds them where nothing is encrypted.
  const shown = await runSweep("");
  expect(shown.texts.filter((text) => shown.database.includes(text))).not.toEqual([]);
}, 600_000);
