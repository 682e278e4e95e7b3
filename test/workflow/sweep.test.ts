import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import type { ResultRow } from "../../store/store.js";
import { smallConfig } from "./configs.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";

let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(inject("servers"), "sweep");
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterAll(async () => {
  await harness.close();
});

describe("a sweep over every method", () => {
  const variants = [
    "base",
    "{ name: tt-si-auto, method: tt-si, tau: auto }",
    "{ name: tt-si, method: tt-si, tau: 0.95 }",
    "{ name: tt-si-all, method: tt-si, selection: all }",
    "argmax-name",
  ];
  const variantNames = ["base", "tt-si-auto", "tt-si", "tt-si-all", "argmax-name"];
  let rows: ResultRow[];

  beforeAll(async () => {
    const lines = smallConfig("methods", variants, { limit: 6, calibration: 4 });
    const config = await harness.plan(lines);
    const running = await startSweep(harness.client, { config });
    expect(await running.result()).toEqual({
      status: "finished",
      reason: null,
      pending: 0,
      failed: 0,
    });
    rows = await harness.store.listResults("methods");
  });

  const of = (variant: string): ResultRow[] => rows.filter((row) => row.variant === variant);

  test("gives every planned unit exactly one row", async () => {
    expect(rows).toHaveLength(5 * 6 + 4);
    expect(new Set(rows.map((row) => row.unitKey)).size).toBe(5 * 6 + 4);
    expect(await harness.store.listPendingUnits("methods")).toEqual([]);
    expect(rows.filter((row) => row.outcome === "failed")).toEqual([]);
    expect((await harness.store.getSweep("methods"))?.status).toBe("finished");
  });

  test("chooses a threshold from the calibration rows and flags by it", async () => {
    const [threshold, ...others] = await harness.store.listThresholds("methods");
    expect(others).toEqual([]);
    expect(threshold).toMatchObject({ variant: "tt-si-auto", seed: 0 });
    expect(threshold?.details["count"]).toBe(4);
    for (const row of of("tt-si-auto")) {
      expect(row.trace.uncertainty?.tau).toBe(threshold?.tau);
      expect(row.uncertain).toBe((row.margin ?? 1) < (threshold?.tau ?? 0));
    }
  });

  test("adapts the selected samples and answers the others with the base model", () => {
    for (const row of [...of("tt-si"), ...of("tt-si-all")]) {
      const selected = row.variant === "tt-si-all" || row.uncertain === true;
      const { synthesis, training, answer } = row.trace;
      expect(synthesis !== undefined).toBe(selected);
      const adapted = selected && synthesis?.status === "ok";
      expect(row.adapted).toBe(adapted);
      expect(training !== undefined).toBe(adapted);
      expect(answer?.from).toBe(adapted ? "adapter" : "base");
      if (training) expect(training.losses).toHaveLength(5);
    }
    expect(of("tt-si-all").some((row) => row.adapted)).toBe(true);
  });

  test("shares scores and adapted answers between variants, with their origin", () => {
    const timing = (row: ResultRow | undefined, step: string) =>
      row?.trace.timings.find((entry) => entry.step === step);
    // The first of a sample's units computed the scores for all of them.
    for (const { sampleKey } of of("tt-si-all")) {
      const scored = rows.filter(
        (row) => row.sampleKey === sampleKey && timing(row, "scoreUncertainty") !== undefined,
      );
      const origins = scored.filter(
        (row) => timing(row, "scoreUncertainty")?.reusedFrom === undefined,
      );
      expect(origins).toHaveLength(1);
      for (const row of scored) {
        expect([undefined, origins[0]?.unitKey]).toContain(
          timing(row, "scoreUncertainty")?.reusedFrom,
        );
      }
    }
    let reused = 0;
    for (const row of of("tt-si-all").filter(({ adapted }) => adapted)) {
      const sibling = of("tt-si").find(({ sampleKey }) => sampleKey === row.sampleKey);
      if (sibling?.adapted !== true) continue;
      for (const { trace } of [row, sibling]) {
        const origin = trace.timings.find(({ step }) => step === "trainAdapter")?.reusedFrom;
        if (origin === undefined) continue;
        reused += 1;
        expect(origin).toMatch(/^methods\/tt-si(-auto|-all)?\/0\//);
        expect(trace.timings.some(({ step }) => step === "infer")).toBe(false);
      }
      expect(row.trace.answer).toEqual(sibling.trace.answer);
      // Regardless of which unit trained, the same pairs and seed give the same weights.
      expect(row.trace.training?.weightHash).toBe(sibling.trace.training?.weightHash);
    }
    expect(reused).toBeGreaterThan(0);
  });

  test("forces the best candidate's name for argmax-name", () => {
    for (const row of of("argmax-name")) {
      const candidates = [...(row.trace.uncertainty?.candidates ?? [])];
      candidates.sort((left, right) => right.logLikelihood - left.logLikelihood);
      expect(row.trace.answer?.forcedName).toBe(candidates[0]?.name);
      expect(row.trace.answer?.texts[0]).toContain(`[{"name": "${candidates[0]?.name}"`);
    }
  });

  test("leaves no adapters", async () => {
    const response = await fetch(`${harness.settings.engineUrl}/v1/models`);
    const models = (await response.json()) as { data: { kind: string }[] };
    expect(models.data.filter(({ kind }) => kind === "adapter")).toEqual([]);
  });

  test("makes a finished unit readable in the Temporal UI", async () => {
    const row = of("tt-si-all").find(({ adapted }) => adapted);
    const description = await harness.client.workflow
      .getHandle(row?.trace.workflowId ?? "")
      .describe();
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(attributes).toMatchObject({
      WhetstoneSweep: "methods",
      WhetstoneVariants: variantNames,
      WhetstoneDataset: "lookalike",
      WhetstoneRole: "report",
      WhetstoneSeed: 0,
      WhetstonePath: "adapted",
      WhetstoneOutcomes: expect.arrayContaining([
        `tt-si-all ${row?.outcome === "scored" ? (row.correct ? "right" : "wrong") : row?.outcome}`,
      ]) as unknown,
      WhetstoneSynthesisAttempts: rows
        .filter(({ sampleKey }) => sampleKey === row?.sampleKey)
        .reduce((sum, { synthesisAttempts }) => sum + synthesisAttempts, 0),
    });
    expect(await description.staticSummary()).toBe(
      `lookalike ${row?.sampleKey ?? ""}: ${variantNames.join(", ")}, seed 0`,
    );
  });

  test("starts nothing when it is restarted", async () => {
    const config = (await harness.store.getSweep("methods"))!.config;
    const running = await startSweep(harness.client, { config });
    expect(running.attached).toBe(false);
    expect(await running.result()).toMatchObject({ status: "finished", pending: 0 });
    const after = await harness.store.listResults("methods");
    expect(after).toEqual(rows);
  });
});
