import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StepTiming } from "../../../../domain/units/trace.js";
import { renderSummaryTable } from "../../../../report/text/summary-table.js";
import { summariseSweep } from "../../../../report/model/summarise-sweep.js";
import type { VariantSummary } from "../../../../report/model/summarise-sweep.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { parse } from "../../domain/config/fixtures.js";
import { makeFailure, makeResult, makeSweep, makeUnit } from "../../store/fixtures.js";

const SAMPLES = 10;

/**
 * Rows that each variant answers right: tt-si gains 6, 7, 8 and loses 0; the control gains only 6.
 */
const RIGHT: Record<string, readonly number[]> = {
  base: [0, 1, 2, 3, 4, 5],
  "tt-si": [1, 2, 3, 4, 5, 6, 7, 8],
  "argmax-name": [0, 1, 2, 3, 4, 5, 6],
};

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-report-"));
  store = await openStore(`sqlite:${join(folder, "w.db")}`);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function timing(step: StepTiming["step"], computeMs: number, changes = {}): StepTiming {
  return { step, queueMs: 10, computeMs, worker: "w", attempt: 1, ...changes };
}

async function putSweep(overrides: readonly string[] = []): Promise<void> {
  const config = parse(
    "sweep: trial\nmodel: tiny\ndataset: { format: lookalike, calibration: 3 }\nvariants: [argmax-name, { method: tt-si, tau: auto }, base]",
    overrides,
  );
  await store.createSweep(
    makeSweep({ config, configHash: "0123456789abcdef", status: "finished" }),
  );
  for (const seed of config.seeds) {
    for (const { name } of config.variants) {
      for (let row = 0; row < SAMPLES; row++) await putUnit(name, seed, row);
    }
    await store.putThreshold({
      sweep: "trial",
      variant: "tt-si",
      seed,
      tau: 0.123456 + seed / 10,
      details: { count: 3 },
    });
  }
  const calibration = makeUnit(99, { variant: "calibration", role: "calibration" });
  await store.putUnits([calibration]);
  await store.putResult(makeResult(calibration, { correct: false }));
}

async function putUnit(variant: string, seed: number, row: number): Promise<void> {
  const unit = makeUnit(row, { variant, seed });
  const adapted = variant === "tt-si" && row >= 6;
  // In seed 1, tt-si is also wrong on row 8.
  const correct = (RIGHT[variant]?.includes(row) ?? false) && !(seed === 1 && adapted && row === 8);
  const timings: StepTiming[] = [timing("infer", 100 * (row % 2 === 0 ? 1 : 3))];
  if (variant === "tt-si") {
    timings.push(timing("scoreUncertainty", 0, { reusedFrom: "other" }));
    if (adapted) timings.push(timing("trainAdapter", 2_000));
  }
  await store.putUnits([unit]);
  await store.putResult(
    makeResult(unit, {
      correct,
      correctStrict: correct && row !== 1,
      adapted,
      uncertain: variant === "base" ? null : row >= 5,
      outcome: row === 9 ? "unparsable" : "scored",
      synthesisStatus: variant === "tt-si" && row === 5 ? "exhausted" : adapted ? "ok" : null,
      candidateCount: row === 0 ? 1 : 4,
      trace: { timings },
    }),
  );
}

async function summariseVariants(): Promise<Record<string, VariantSummary>> {
  const { datasets } = await summariseSweep(store, "trial");
  const variants = datasets[0]?.variants ?? [];
  return Object.fromEntries(variants.map((variant) => [variant.variant, variant]));
}

describe("summariseSweep", () => {
  it("counts the answers that adaptation made unreadable", async () => {
    await putSweep();
    const unreadable = async (variant: string, row: number, adapted: boolean) =>
      store.putResult(
        makeResult(makeUnit(row, { variant }), {
          outcome: "unparsable",
          correct: false,
          correctStrict: false,
          adapted,
        }),
      );
    await unreadable("tt-si", 7, true);
    await unreadable("tt-si", 8, true);
    await unreadable("base", 8, false);
    await unreadable("tt-si", 2, false);
    const variants = await summariseVariants();
    expect(variants["base"]).toMatchObject({ unparsable: 2, broken: null });
    // Rows 8 and 9 were unreadable from base, row 2 was answered by base.
    expect(variants["tt-si"]).toMatchObject({ unparsable: 4, broken: 1 });
  });

  it("counts accuracy, flips and shares without calibration rows", async () => {
    await putSweep();
    const summary = await summariseSweep(store, "trial");
    expect(summary).toMatchObject({ planned: 30, answered: 30, failed: 0, status: "finished" });
    const variants = summary.datasets[0]?.variants ?? [];
    expect(variants.map((variant) => variant.variant)).toEqual(["base", "tt-si", "argmax-name"]);
    expect(variants[0]).toMatchObject({
      n: 10,
      soft: { mean: 0.6, deviation: null },
      strict: { mean: 0.5, deviation: null },
      flips: null,
      tau: null,
      adaptedShare: null,
      uncertainShare: null,
      unparsable: 1,
      singleCandidate: 1,
      control: false,
    });
    expect(variants[1]).toMatchObject({
      soft: { mean: 0.8 },
      flips: {
        against: "base",
        pairs: 10,
        gained: 3,
        lost: 1,
        bySeed: [{ seed: 0, pairs: 10, gained: 3, lost: 1, p: 0.625 }],
      },
      tau: "auto",
      taus: [0.123456],
      adaptedShare: 0.4,
      uncertainShare: 0.5,
      exhausted: 1,
    });
    expect(variants[2]).toMatchObject({ control: true, flips: { gained: 1, lost: 0 } });
  });

  it("separates compute, queue and reused values", async () => {
    await putSweep();
    const steps = (await summariseVariants())["tt-si"]?.steps ?? [];
    expect(steps.map((step) => [step.step, step.computed, step.reused])).toEqual([
      ["scoreUncertainty", 0, 10],
      ["trainAdapter", 4, 0],
      ["infer", 10, 0],
    ]);
    const infer = steps.at(-1);
    expect(infer).toMatchObject({ least: 0.1, most: 0.3 });
    expect(infer?.queueMean).toBeCloseTo(0.01, 12);
    expect(infer?.mean).toBeCloseTo(0.2, 12);
    expect(infer?.total).toBeCloseTo(2, 12);
    expect(infer?.deviation).toBeCloseTo(Math.sqrt(0.1 / 9), 12);
  });

  it("averages over seeds and tests each seed separately", async () => {
    await putSweep(["seeds=2"]);
    const ttSi = (await summariseVariants())["tt-si"];
    expect(ttSi?.n).toBe(20);
    expect(ttSi?.soft.mean).toBeCloseTo(0.75, 12);
    expect(ttSi?.soft.deviation).toBeCloseTo(Math.sqrt(0.005), 12);
    expect(ttSi?.flips).toMatchObject({
      pairs: 20,
      gained: 5,
      lost: 2,
      bySeed: [
        { seed: 0, gained: 3, lost: 1, p: 0.625 },
        { seed: 1, gained: 2, lost: 1, p: 1 },
      ],
    });
    expect(ttSi?.taus).toHaveLength(2);
  });

  it("neither counts a failed unit as wrong nor pairs it", async () => {
    await putSweep();
    const failing = makeUnit(50, { variant: "tt-si" });
    const base = makeUnit(50, { variant: "base" });
    await store.putUnits([failing, base]);
    await store.putResult(makeFailure(failing));
    await store.putResult(makeResult(base));
    const summary = await summariseSweep(store, "trial");
    expect(summary).toMatchObject({ planned: 32, answered: 31, failed: 1 });
    expect((await summariseVariants())["tt-si"]).toMatchObject({
      n: 10,
      failed: 1,
      soft: { mean: 0.8 },
      flips: { pairs: 10 },
    });
  });

  it("has no figures before the first answer", async () => {
    const config = parse(
      "sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [base, tt-si]",
    );
    await store.createSweep(makeSweep({ config }));
    expect((await summariseVariants())["tt-si"]).toMatchObject({
      n: 0,
      soft: { mean: null, deviation: null },
      flips: { pairs: 0, bySeed: [] },
      adaptedShare: null,
      steps: [],
    });
  });

  it("throws if the sweep does not exist", async () => {
    await expect(summariseSweep(store, "other")).rejects.toMatchObject({
      code: "SWEEP_NOT_FOUND",
      message: "There is no sweep other in the results database.",
    });
  });
});

describe("renderSummaryTable", () => {
  it("prints one seed", async () => {
    await putSweep();
    const text = renderSummaryTable(await summariseSweep(store, "trial"));
    await expect(text).toMatchFileSnapshot("summary-one-seed.txt");
    expect(renderSummaryTable(await summariseSweep(store, "trial"))).toBe(text);
  });

  it("prints several seeds", async () => {
    await putSweep(["seeds=2"]);
    const text = renderSummaryTable(await summariseSweep(store, "trial"));
    await expect(text).toMatchFileSnapshot("summary-two-seeds.txt");
  });

  it("prints -- for unavailable values", async () => {
    const config = parse(
      "sweep: trial\nmodel: tiny\ndataset: { format: lookalike, calibration: 1 }\nvariants: [base, { method: tt-si, tau: auto }]",
    );
    await store.createSweep(makeSweep({ config }));
    const lines = renderSummaryTable(await summariseSweep(store, "trial")).split("\n");
    const cells = lines
      .filter((line) => line.startsWith("tt-si"))
      .map((line) => line.split(/ {2,}/));
    expect(cells).toEqual([
      ["tt-si", "auto", "0", "--", "--", "--", "0", "0", "--", "--", "--"],
      ["tt-si", "0", "0", "0", "--", "--", "--", "--", "--"],
    ]);
  });
});
