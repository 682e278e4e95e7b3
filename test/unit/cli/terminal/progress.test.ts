import { describe, expect, it } from "vitest";
import {
  countDone,
  dropOldPoints,
  measureRate,
  renderProgress,
} from "../../../../cli/terminal/progress.js";

const counts = {
  planned: 200,
  scored: 90,
  unparsable: 6,
  failed: 4,
  uncertain: 40,
  adapted: 30,
  correct: 60,
};

describe("countDone", () => {
  it("counts failed units as done, unless they are retried", () => {
    expect(countDone(counts, false)).toBe(100);
    expect(countDone(counts, true)).toBe(96);
  });
});

describe("measureRate", () => {
  it("is unknown until a unit is done", () => {
    expect(measureRate([])).toBeNull();
    expect(measureRate([{ at: 0, done: 5 }])).toBeNull();
    expect(
      measureRate([
        { at: 0, done: 5 },
        { at: 1000, done: 5 },
      ]),
    ).toBeNull();
  });

  it("covers only the last 30 seconds", () => {
    const points = [
      { at: 0, done: 0 },
      { at: 10_000, done: 1000 },
      { at: 40_000, done: 1060 },
    ];
    expect(measureRate(points)).toBe(2);
    expect(measureRate(dropOldPoints(points))).toBe(2);
    expect(dropOldPoints(points)).toEqual(points.slice(1));
  });
});

describe("renderProgress", () => {
  it("shows done, rate, time left, uncertain, adapted and failed", () => {
    expect(renderProgress(counts, 2.5)).toBe(
      "██████████░░░░░░░░░░ 100/200 units · 2.5/s · 40 s left · 40 uncertain · 30 adapted · 4 failed",
    );
  });

  it("does not guess before there is a rate", () => {
    expect(renderProgress(counts, null)).toBe(
      "██████████░░░░░░░░░░ 100/200 units · rate - · ? left · 40 uncertain · 30 adapted · 4 failed",
    );
  });

  it("has nothing left at the end", () => {
    expect(renderProgress({ ...counts, planned: 100 }, null)).toContain(
      " 100/100 units · rate - · 0 s left",
    );
  });
});
