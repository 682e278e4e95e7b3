import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { streamArchive } from "../../../archive/write-archive.js";
import type { RestoreSummary } from "../../../archive/restore-archive.js";
import { restoreArchive } from "../../../archive/restore-archive.js";
import { writeFileWhole } from "../../../report/write-file.js";
import type { ResultRow, Store } from "../../../store/store.js";
import {
  CONFIG,
  makeFailure,
  makeResult,
  makeSample,
  makeSweep,
  makeUnit,
} from "../store/fixtures.js";
import { fillStore, fullSweeps, hexKey, listParts, makeAttempt } from "./full-sweep.js";
import { describeStores, makeFolder } from "./stores.js";

const half = {
  samples: 4,
  rows: [{}, { outcome: "failed" as const }],
  status: "running" as const,
};

describeStores("archive and restore", (open, openSqlite) => {
  const folder = makeFolder();
  let files = 0;

  async function archive(store: Store, sweep = "trial"): Promise<string> {
    const path = join(folder, `${files++}.gz`);
    await writeFileWhole(path, streamArchive(store, (await store.getSweep(sweep))!, "all").bytes);
    return path;
  }

  function restore(store: Store, path: string): Promise<RestoreSummary> {
    return restoreArchive({ path, data: new Map(), withoutTexts: false }, (work) => work(store));
  }

  it("moves every row of any sweep, and a second archive has the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fullSweeps, async (full) => {
        const [from, to] = [await open(), await openSqlite()];
        await fillStore(from, full);
        const path = await archive(from);
        const summary = await restore(to, path);
        expect(summary).toEqual({
          sweep: "trial",
          state: "new",
          problems: [],
          added: {
            sweep: 1,
            sample: full.samples + 1,
            unit: full.samples,
            threshold: 1,
            result: full.rows.length,
            step: full.rows.length,
            attempt: full.rows.length,
          },
        });
        expect(await listParts(to)).toEqual(await listParts(from));
        expect(readFileSync(await archive(to))).toEqual(readFileSync(path));
      }),
      { numRuns: 10 },
    );
  }, 120_000);

  it("moves back into the first kind of store", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, { ...half, status: "stopped" });
    await restore(to, await archive(from));
    expect(await listParts(to)).toEqual(await listParts(from));
  });

  it("does nothing the second time", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    const path = await archive(from);
    await restore(to, path);
    const before = await listParts(to);
    const again = await restore(to, path);
    expect(again.state).toBe("same");
    expect(Object.values(again.added)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await listParts(to)).toEqual(before);
    expect(Object.values((await restore(from, path)).added)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("says that a sweep which ran has stopped, and how to go on", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    await restore(to, await archive(from));
    expect(await to.getSweep("trial")).toMatchObject({
      status: "stopped",
      statusReason: "It was archived while it ran; run its config again for the remaining units.",
    });
    const pending = await to.listPendingUnits("trial", { includeFailed: true });
    expect(pending.map(({ key }) => key)).toEqual([1, 2, 3].map((row) => makeUnit(row).key));
  });

  it("leaves other sweeps of a store alone", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    await to.createSweep(makeSweep({ name: "other" }));
    const other = makeUnit(0, { sweep: "other" });
    await to.putSamples("lookalike", "content-1", [makeSample(0)]);
    await to.putUnits([other]);
    await to.putResult(makeResult(other));
    const before = await listParts(to, "other");
    await restore(to, await archive(from));
    expect(await listParts(to, "other")).toEqual(before);
  });

  it("adds rows that another machine finished, and answers in place of failures", async () => {
    const [here, there] = [await open(), await openSqlite()];
    await fillStore(here, half);
    await restore(there, await archive(here));
    for (const row of [1, 2, 3]) await there.putResult(makeResult(makeUnit(row), { runId: "b" }));
    await there.setSweepStatus("trial", "finished");
    const summary = await restore(here, await archive(there));
    expect(summary).toMatchObject({ state: "same", added: { result: 3, unit: 0 } });
    expect(await here.listResults("trial")).toEqual(await there.listResults("trial"));
    expect((await here.getSweep("trial"))?.status).toBe("finished");
  });

  it("keeps an answer that the archive has as a failure", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    const path = await archive(from);
    await restore(to, path);
    const answer = makeResult(makeUnit(1), { runId: "later" });
    await to.putResult(answer);
    expect((await restore(to, path)).added.result).toBe(0);
    expect(await to.getResult(answer.unitKey)).toEqual({ ...answer, attempt: 2 });
  });

  it("takes over seeds and variants that were added elsewhere, and keeps those added here", async () => {
    const [small, grown] = [await open(), await openSqlite()];
    const identity = (seeds: number[]) => ({ seeds, variants: {}, datasets: {} });
    const older = makeSweep({ provenance: { identity: identity([0]) } });
    const newer = makeSweep({
      configHash: "grown",
      config: { ...CONFIG, seeds: [0, 1] },
      provenance: { identity: identity([0, 1]) },
    });
    await small.createSweep(older);
    await grown.createSweep(newer);
    expect((await restore(grown, await archive(small))).state).toBe("older");
    expect(await grown.getSweep("trial")).toMatchObject({ configHash: "grown" });
    expect((await restore(small, await archive(grown))).state).toBe("grown");
    expect(await small.getSweep("trial")).toMatchObject({
      configHash: "grown",
      config: { seeds: [0, 1] },
    });
  });

  it.each([
    [
      "a result",
      { result: makeResult(makeUnit(0), { verdict: "count" }) },
      "result of trial/base/0/lookalike/0-00000000",
    ],
    ["a sample", { sample: makeSample(1, "another query") }, "sample 1-00000001 of lookalike"],
    ["a threshold", { tau: 0.7 }, "threshold of tt-si, seed 0"],
  ] as const)("refuses %s that differs, and writes nothing", async (_, change, named) => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    const path = await archive(from);
    await fillStore(to, { ...half, rows: [] });
    if ("result" in change) await to.putResult(change.result);
    if ("sample" in change) await to.putSamples("lookalike", "content-1", [change.sample]);
    if ("tau" in change) {
      await to.putThreshold({ sweep: "trial", variant: "tt-si", seed: 0, tau: 0.7, details: {} });
    }
    const before = await listParts(to);
    await expect(restore(to, path)).rejects.toMatchObject({
      code: "ARCHIVE_CONFLICT",
      message: `Sweep trial is in this store with other content:\n  ${named}`,
      hint: "Nothing was changed. Restore into another store: set WHETSTONE_HOME to an empty folder, and run the same command again.",
    });
    expect(await listParts(to)).toEqual(before);
  });

  it("counts conflicts beyond the first five", async () => {
    const [from, to] = [await openSqlite(), await open()];
    const rows = Array.from({ length: 8 }, (): Partial<ResultRow> => ({}));
    await fillStore(from, { samples: 8, rows, status: "finished" });
    const changed = rows.map(() => ({ verdict: "count" }));
    await fillStore(to, { samples: 8, rows: changed, status: "finished" });
    await expect(restore(to, await archive(from))).rejects.toThrow(/\n {2}and 3 more$/);
  });

  it("refuses another config of the same name", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    await to.createSweep(makeSweep({ configHash: "another" }));
    await expect(restore(to, await archive(from))).rejects.toMatchObject({
      code: "ARCHIVE_CONFLICT",
      message: "Sweep trial is in this store with another config.",
    });
    expect(await to.countUnits("trial")).toBe(0);
  });

  it("brings the steps that the sweep reused or would reuse, and no others", async () => {
    const [from, to] = [await open(), await openSqlite()];
    await fillStore(from, half);
    await from.createSweep(
      makeSweep({ name: "twin", provenance: { model: { fingerprint: "model-1" } } }),
    );
    await from.createSweep(
      makeSweep({ name: "other", provenance: { model: { fingerprint: "model-2" } } }),
    );
    const steps = [
      { name: "of an open sample, same model", unit: makeUnit(2, { sweep: "twin" }), moved: true },
      {
        name: "of a finished sample, not reused",
        unit: makeUnit(0, { sweep: "twin" }),
        moved: false,
      },
      {
        name: "of a finished sample, reused",
        unit: makeUnit(0, { sweep: "twin", variant: "x" }),
        moved: true,
      },
      { name: "of another model", unit: makeUnit(2, { sweep: "other" }), moved: false },
      {
        name: "of a sample that the sweep lacks",
        unit: makeUnit(9, { sweep: "twin" }),
        moved: false,
      },
      {
        name: "of a failed sample",
        unit: makeUnit(1, { sweep: "twin", variant: "y" }),
        moved: true,
      },
    ];
    const reused = {
      step: "infer",
      queueMs: 0,
      computeMs: 0,
      worker: "store",
      attempt: 1,
    } as const;
    await from.putResult(
      makeResult(makeUnit(0), {
        trace: { timings: [{ ...reused, reusedFrom: steps[2]!.unit.key }] },
      }),
    );
    for (const [index, { unit }] of steps.entries()) {
      await from.putStep({
        key: hexKey(50 + index),
        kind: "score",
        value: [],
        originUnit: unit.key,
      });
    }
    await restore(to, await archive(from));
    for (const [index, { name, moved }] of steps.entries()) {
      expect((await to.getStep(hexKey(50 + index))) !== null, name).toBe(moved);
    }
  });

  it("brings draws of pairs that were not complete, and no other sweep's", async () => {
    const [from, to] = [await open(), await openSqlite()];
    await fillStore(from, half);
    await from.recordSynthesisAttempt(hexKey(70), makeAttempt(3));
    await from.recordSynthesisAttempt(hexKey(71), makeAttempt(9));
    await restore(to, await archive(from));
    expect(await to.listSynthesisAttempts(hexKey(70))).toEqual([makeAttempt(3)]);
    expect(await to.listSynthesisAttempts(hexKey(71))).toEqual([]);
  });

  it("keeps the stored value of a step that both stores computed", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    await to.putStep({ key: hexKey(0), kind: "synthesize", value: "mine", originUnit: "x" });
    expect((await restore(to, await archive(from))).added.step).toBe(1);
    expect((await to.getStep(hexKey(0)))?.value).toBe("mine");
  });

  it("restores a failed row of a store that has none", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fillStore(from, half);
    await restore(to, await archive(from));
    expect(await to.getResult(makeUnit(1).key)).toEqual(makeFailure(makeUnit(1)));
  });
});
