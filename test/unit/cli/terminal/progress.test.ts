import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDone, renderProgress } from "../../../../cli/terminal/progress.js";
import type { SweepView } from "../../../../cli/terminal/progress.js";
import { renderProgressBlock } from "../../../../cli/terminal/progress-block.js";
import { measureRate } from "../../../../cli/terminal/rate.js";

const counts = {
  planned: 200,
  scored: 90,
  unparsable: 6,
  failed: 4,
  uncertain: 40,
  adapted: 30,
  correct: 60,
};

const START = Date.parse("2026-01-01T00:00:00.000Z");

/** Ends of units, newest first, at these seconds. */
const endsAt = (...seconds: readonly number[]) =>
  [...seconds]
    .sort((left, right) => right - left)
    .map((second) => ({
      startedAt: new Date(START + 1000 * second - 800).toISOString(),
      finishedAt: new Date(START + 1000 * second).toISOString(),
    }));

const view = (changes: Partial<SweepView> = {}): SweepView => ({
  counts,
  progress: {
    variants: [
      { variant: "base", role: "report", planned: 100, ended: 80, failed: 4 },
      { variant: "tt-si-auto", role: "calibration", planned: 20, ended: 20, failed: 0 },
      { variant: "tt-si-auto", role: "report", planned: 80, ended: 0, failed: 0 },
    ],
    errors: [
      { code: "ENGINE_FAILED", count: 3 },
      { code: "STEP_TIMED_OUT", count: 1 },
    ],
    ends: endsAt(0, 1, 2, 3, 4),
    timings: [
      { step: "infer", queueMs: 5, computeMs: 120, worker: "w", attempt: 1 },
      { step: "infer", queueMs: 5, computeMs: 0, worker: "store", attempt: 1, reusedFrom: "u" },
    ],
  },
  ...{ paused: false, retryFailed: false, fineTunes: [], now: START + 5_000, stall: null },
  ...changes,
});

it("failed units count as done, unless they are retried", () => {
  expect(countDone(counts, false)).toBe(100);
  expect(countDone(counts, true)).toBe(96);
});

describe("measureRate", () => {
  it("is unknown until units have ended over some time, and once they no longer do", () => {
    expect(measureRate([], START)).toBeNull();
    expect(measureRate(endsAt(5), START + 5_000)).toBeNull();
    expect(measureRate(endsAt(5, 5.5), START + 6_000)).toBeNull();
    expect(measureRate(endsAt(0, 1, 2, 3, 4), START + 66_000)).toBe(1);
    expect(measureRate(endsAt(0, 1, 2, 3, 4), START + 68_000)).toBeNull();
  });

  it("covers the last minute, or the last ten units of a slow sweep, but no earlier run", () => {
    const minute = Array.from({ length: 31 }, (_, index) => 100 + 2 * index);
    expect(measureRate(endsAt(0, 1, 2, 3, ...minute), START + 160_000)).toBe(0.5);
    expect(measureRate(endsAt(0, 100, 200, 300), START + 300_000)).toBe(0.01);
    expect(measureRate(endsAt(0, 5_000, 5_100), START + 5_100_000)).toBe(0.01);
  });

  it("is the same for every observer of the same rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 2 }),
        fc.integer({ min: 0, max: 60_000 }),
        (seconds, later) => {
          const ends = endsAt(...seconds);
          const newest = START + 1000 * Math.max(...seconds);
          expect(measureRate(ends, newest + later)).toBe(measureRate(ends, newest));
        },
      ),
    );
  });
});

describe("renderProgress", () => {
  it("shows done, calibration units, rate, time left, uncertain, adapted and failed", () => {
    expect(renderProgress(view())).toBe(
      "██████████░░░░░░░░░░ 100/200 units (20 for calibration) · 1.0/s · 1 min 40 s left · 40 uncertain · 30 adapted · 4 failed",
    );
  });

  it("shows a pause instead of a time left", () => {
    expect(renderProgress(view({ paused: true }))).toContain(
      "(20 for calibration) · paused · 40 uncertain",
    );
  });

  it("does not guess before there is a rate", () => {
    const progress = { ...view().progress, variants: [], ends: [] };
    expect(renderProgress(view({ progress }))).toContain("100/200 units · rate - · ? left · 40 un");
  });

  it("has no time left at the end", () => {
    const done = { ...counts, planned: 100 };
    expect(renderProgress(view({ counts: done, paused: true }))).toContain(
      "100/100 units (20 for calibration) · 40 uncertain",
    );
  });
});

it("a terminal's block shows every variant, latencies, and errors by code", () => {
  const fineTunes = [{ variant: "sft", dataset: "d", seed: 0, steps: 5, totalSteps: 10 }];
  expect(renderProgressBlock("trial", view({ fineTunes }))).toEqual([
    "trial · ██████████░░░░░░░░░░ 100/200 units (20 for calibration) · 1.0/s · 1 min 40 s left",
    "  variant     role           done              failed",
    "  base        report       80/100  ████████░░       4",
    "  tt-si-auto  calibration   20/20  ██████████",
    "  tt-si-auto  report         0/80  ░░░░░░░░░░",
    "  training sft/0 5/10 steps",
    "  40 uncertain · 30 adapted · 4 failed",
    "  medians: I 120 ms · unit 800 ms, 95 % below 800 ms",
    "  errors: ENGINE_FAILED 3, STEP_TIMED_OUT 1",
  ]);
});

describe("a stall", () => {
  const stall = {
    code: "STALLED_NO_ENGINE",
    reason: "the engine does not answer",
    next: "npx whetstone dev down",
  } as const;

  it("is part of the line and of the block", () => {
    expect(renderProgress(view({ stall }))).toMatch(
      / · 4 failed · stalled: the engine does not answer · next: npx whetstone dev down$/,
    );
    expect(renderProgressBlock("demo", view({ stall })).slice(-2)).toEqual([
      "  stalled: the engine does not answer",
      "  next: npx whetstone dev down",
    ]);
    expect(renderProgressBlock("demo", view()).join("\n")).not.toContain("stalled");
  });
});
