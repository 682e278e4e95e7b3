import { expect, it } from "vitest";
import { measureEstimators } from "../../../../report/statistics/estimator-quality.js";
import { tabulateCurve, tabulateEstimators } from "../../../../report/tables/estimator-tables.js";
import { makeReportData, makeReportSweep } from "../fixtures.js";

it("excludes samples with one tool from every figure and reports their number", () => {
  const sweep = makeReportSweep();
  const [whole] = measureEstimators(sweep).filter(({ variant }) => variant === "tt-si");
  const [last] = sweep.units.filter(({ variant }) => variant === "tt-si").slice(-2);
  const single = {
    ...sweep,
    units: sweep.units.map((row) =>
      row.sampleKey === last?.sampleKey ? { ...row, candidateCount: 1 } : row,
    ),
  };
  const [rest] = measureEstimators(single).filter(({ variant }) => variant === "tt-si");
  expect(whole).toMatchObject({ single: 0 });
  expect(rest).toMatchObject({ single: 1, n: (whole?.n ?? 0) - 1 });
  expect(rest?.points).toHaveLength(rest?.n ?? 0);
  expect(rest?.used.flagged).toBe((whole?.used.flagged ?? 0) - 1);
  const note =
    "Excluded: samples with only one tool, of which estimators of names are certain (at most 1 of a variant).";
  for (const tabulate of [tabulateEstimators, tabulateCurve]) {
    expect(tabulate(makeReportData(single)).notes).toContain(note);
    expect(tabulate(makeReportData(sweep)).notes).not.toContain(note);
  }
});
