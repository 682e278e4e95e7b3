import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { STRETCH_STEPS } from "../../domain/methods/fine-tune.js";
import { isEngineReady } from "../../infra/dev-stack/engine-service.js";
import type { ResultRow } from "../../store/store.js";
import { smallConfig } from "./configs.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { findFreePort, spawnEngine, stopProcess, waitUntil } from "./servers.js";

/** Records of the training split: three segments with one record per step. */
const RECORDS = 2 * STRETCH_STEPS + 20;

const SFT = "{ method: sft, training: { epochs: 1, batchSize: 1, learningRate: 5e-3 } }";

let harness: Harness;
let gateway: Gateway;
let engine: ChildProcess;
let port: number;
let artifacts: string;
/** First steps of the requested segments, in order. */
const firstSteps: number[] = [];

async function startEngine(): Promise<void> {
  engine = spawnEngine(inject("servers").model, port, artifacts);
  await waitUntil("the engine", engine, () => isEngineReady(`http://127.0.0.1:${port}`));
}

beforeAll(async () => {
  artifacts = mkdtempSync(join(tmpdir(), "whetstone-artifacts-"));
  port = await findFreePort();
  await startEngine();
  gateway = await openGateway(`http://127.0.0.1:${port}`);
  gateway.onBody = (path, body) => {
    if (path !== "/v1/stretches") return;
    firstSteps.push((JSON.parse(body) as { firstStep: number }).firstStep);
  };
  harness = await openHarness(inject("servers"), "fine-tune", gateway.url);
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterAll(async () => {
  await harness.close();
  await gateway.close();
  await stopProcess(engine);
  rmSync(artifacts, { recursive: true, force: true });
});

/** Runs a sweep of base and sft on `limit` samples to completion. */
async function run(sweep: string, seed: number, limit = 3): Promise<ResultRow[]> {
  const config = await harness.plan([
    ...smallConfig(sweep, ["base", SFT], { limit, seed }),
    `split: { format: lookalike, limit: ${RECORDS} }`,
  ]);
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  return harness.store.listResults(sweep);
}

/** The trained weights in the engine's artifact folder. */
const readAdapters = (): string[] =>
  readdirSync(artifacts).map((name) =>
    readFileSync(join(artifacts, name, "adapter_model.safetensors"), "base64"),
  );

const answersOf = (rows: readonly ResultRow[], variant: string): (string | undefined)[] =>
  rows
    .filter((row) => row.variant === variant)
    .sort((left, right) => left.sampleKey.localeCompare(right.sampleKey))
    .map(({ trace }) => trace.answer?.texts[0]);

describe("sft", () => {
  let plain: ResultRow[];

  test("trains one adapter in segments and answers every sample with it", async () => {
    plain = await run("sft-plain", 1);
    expect(firstSteps).toEqual([0, STRETCH_STEPS, 2 * STRETCH_STEPS]);
    expect(plain.filter(({ variant, adapted }) => variant === "sft" && adapted)).toHaveLength(3);
    expect(answersOf(plain, "sft")).not.toEqual(answersOf(plain, "base"));
    const [directory = ""] = readdirSync(artifacts);
    expect(readdirSync(join(artifacts, directory))).toContain("adapter_model.safetensors");
  });

  test("an equal training is not repeated, even if its adapter is no longer live", async () => {
    firstSteps.length = 0;
    engine.kill("SIGKILL");
    await new Promise((ended) => engine.once("exit", ended));
    await startEngine();
    // The fourth sample has no answer yet, so the adapter has to be loaded.
    const again = await run("sft-again", 1, 4);
    expect(firstSteps).toEqual([]);
    const [fresh] = again.filter(
      ({ variant, sampleKey }) =>
        variant === "sft" && plain.every((row) => row.sampleKey !== sampleKey),
    );
    expect(fresh?.adapted).toBe(true);
    expect(fresh?.trace.timings.map(({ reusedFrom }) => reusedFrom)).toEqual([undefined]);
  });

  test("resumes from the last state when the engine is killed", async () => {
    firstSteps.length = 0;
    let killed = false;
    gateway.onRequest = async (_method, path) => {
      if (path !== "/v1/stretches" || firstSteps.length !== 1 || killed) return;
      // The second segment is in flight.
      killed = true;
      engine.kill("SIGKILL");
      await new Promise((ended) => engine.once("exit", ended));
      setTimeout(() => void startEngine(), 500);
    };
    await run("sft-killed", 2);
    expect(killed).toBe(true);
    const begun = firstSteps.filter((step) => step === 0);
    expect(begun).toHaveLength(1);
    expect(firstSteps.at(-1)).toBe(2 * STRETCH_STEPS);

    // The same training from the start, on a machine without saved states.
    gateway.onRequest = () => Promise.resolve();
    const interrupted = readAdapters();
    expect(interrupted).toHaveLength(2);
    for (const name of readdirSync(artifacts)) rmSync(join(artifacts, name), { recursive: true });
    firstSteps.length = 0;
    await run("sft-whole", 2);
    expect(firstSteps).toEqual([0, STRETCH_STEPS, 2 * STRETCH_STEPS]);
    const [whole] = readAdapters();
    expect(interrupted).toContain(whole);
  });
});
