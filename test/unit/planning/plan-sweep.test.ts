import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planSweep, previewSweep } from "../../../planning/plan-sweep.js";
import { openStore } from "../../../store/open-store.js";
import type { Store } from "../../../store/store.js";
import { makeFailure, makeResult } from "../store/fixtures.js";
import { createWorkspace, failureOf } from "./fixtures.js";

describe("previewSweep", () => {
  it("reports what would run and creates nothing", async () => {
    const workspace = createWorkspace();
    const plan = await previewSweep(workspace.databaseUrl, await workspace.prepare());
    expect(plan).toMatchObject({
      sweep: "trial",
      state: "new",
      total: 15,
      done: 0,
      pending: 15,
      estimate: null,
      datasets: [{ name: "tools", records: 12, reported: 5, calibration: 0 }],
      calls: [
        { step: "score", least: 5, most: 5 },
        { step: "synthesize", least: 0, most: 5 },
        { step: "train", least: 0, most: 5 },
        { step: "answer", least: 10, most: 15 },
      ],
    });
    expect(existsSync(join(workspace.folder, "home"))).toBe(false);
  });

  it("writes nothing to an existing store", async () => {
    const workspace = createWorkspace();
    await (await openStore(workspace.databaseUrl)).close();
    await previewSweep(workspace.databaseUrl, await workspace.prepare());
    const store = await openStore(workspace.databaseUrl);
    expect(await store.listSweeps()).toEqual([]);
    await store.close();
  });
});

describe("planSweep", () => {
  const workspace = createWorkspace();
  let store: Store;
  beforeAll(async () => {
    store = await openStore(workspace.databaseUrl);
  });
  afterAll(() => store.close());

  it("stores sweep, samples, gold and units", async () => {
    const prepared = await workspace.prepare("sweep=first");
    const plan = await planSweep(store, prepared);
    expect(plan).toMatchObject({ state: "new", total: 15, pending: 15 });
    expect(await store.listPendingUnits("first")).toEqual(prepared.units);
    const { sample, gold } = prepared.datasets[0]!.reported[4]!;
    expect(await store.getSample("tools", sample.key)).toEqual(sample);
    expect(await store.getGold("tools", sample.key)).toEqual(gold);
    expect(await store.getSweep("first")).toMatchObject({
      status: "planned",
      configHash: prepared.configHash,
      config: prepared.config,
      provenance: { identity: prepared.identity, invocations: [{ commandLine: ["run"] }] },
    });
  });

  it("is idempotent, counts what is done and keeps each invocation", async () => {
    const prepared = await workspace.prepare("sweep=again");
    await planSweep(store, prepared);
    const [first, second] = prepared.units.filter(({ variant }) => variant === "base");
    await store.putResult(makeResult(first!));
    await store.putResult(makeFailure(second!));
    const plan = await planSweep(store, prepared);
    expect(plan).toMatchObject({ state: "same", total: 15, done: 1, failed: 1, pending: 14 });
    expect(plan.variants[0]).toEqual({
      variant: "base",
      role: "report",
      total: 5,
      done: 1,
      failed: 1,
    });
    expect((await store.getSweep("again"))?.provenance["invocations"]).toHaveLength(2);
  });

  it("grows by seeds, variants and samples", async () => {
    await planSweep(store, await workspace.prepare("sweep=grown"));
    const plan = await planSweep(
      store,
      await workspace.prepare(
        "sweep=grown",
        "seeds=2",
        "dataset.limit=6",
        "variants.3={ name: all, method: tt-si, selection: all }",
        "run.concurrency=2",
      ),
    );
    expect(plan).toMatchObject({ state: "grown", total: 2 * 4 * 6 });
    expect(plan.added.map((line) => line.split(":")[0])).toEqual([
      "datasets.tools.reported",
      "seeds.1",
      "variants.all",
    ]);
    expect((await store.getSweep("grown"))?.config).toMatchObject({
      seeds: [0, 1],
      run: { concurrency: 2 },
    });
    expect(await store.countUnits("grown")).toBe(48);
  });

  it("refuses another config under a stored name before it writes anything", async () => {
    await planSweep(store, await workspace.prepare("sweep=taken"));
    await planSweep(store, await workspace.prepare("sweep=taken-2"));
    const before = await store.getSweep("taken");
    const prepared = await workspace.prepare(
      "sweep=taken",
      "variants.1.tau=0.5",
      "training.rank=4",
    );
    const error = await failureOf(planSweep(store, prepared));
    expect(error.code).toBe("SWEEP_NAME_TAKEN");
    expect(error.message.split("\n")).toEqual([
      "Sweep taken is stored with another config (stored -> now):",
      "  variants.argmax-name.training.rank: 8 -> 4",
      "  variants.base.training.rank: 8 -> 4",
      "  variants.tt-si.tau: 0.9 -> 0.5",
      "  variants.tt-si.training.rank: 8 -> 4",
    ]);
    expect(error.hint).toBe(
      `Run it under a new name: npx whetstone run ${workspace.configPath} --set variants.1.tau=0.5 --set training.rank=4 --set sweep=taken-3`,
    );
    expect(await store.getSweep("taken")).toEqual(before);
    expect((await failureOf(previewSweep(workspace.databaseUrl, prepared))).code).toBe(
      "SWEEP_NAME_TAKEN",
    );
  });

  it("refuses a sweep with another hash version", async () => {
    const prepared = await workspace.prepare("sweep=older");
    await planSweep(store, { ...prepared, hashVersion: 0 });
    const error = await failureOf(planSweep(store, prepared));
    expect(error.message).toBe(
      "Sweep older is stored with another config (stored -> now):\n  hashVersion: 0 -> 2",
    );
  });

  it("estimates seconds from an earlier sweep of the same model", async () => {
    const prepared = await workspace.prepare("sweep=timed", "dataset.limit=10");
    await planSweep(store, prepared);
    for (const [index, unit] of prepared.units.entries()) {
      // Two seconds apart, with an interruption of one hour that must not count.
      const time = Date.UTC(2026, 0, 1) + 2_000 * index + (index > 15 ? 3_600_000 : 0);
      await store.putResult(makeResult(unit, { finishedAt: new Date(time).toISOString() }));
    }
    const plan = await previewSweep(
      workspace.databaseUrl,
      await workspace.prepare("sweep=next", "dataset.limit=10"),
    );
    expect(plan.estimate).toEqual({
      seconds: Math.round((30 * (28 * 2 + 60)) / 29),
      basedOn: "timed",
    });
  });
});
