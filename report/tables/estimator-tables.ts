import { measureEstimators } from "../statistics/estimator-quality.js";
import type { ReportData } from "../model/report-data.js";
import { labelNamed } from "../model/variant-roles.js";
import { column, fillBySweep } from "./layout.js";
import type { Table } from "./table.js";

const ORIGIN = [column("data", "text"), column("variant", "text"), column("estimator", "text")];

/** How well the flags separated wrong base answers from right ones (the paper's Table 3). */
export function tabulateEstimators(data: ReportData): Table {
  const frame = {
    id: "estimators",
    title: "Quality of the uncertainty estimators",
    columns: [
      ...ORIGIN,
      column("tau", "number"),
      column("n", "count"),
      column("wrong", "count"),
      column("flagged", "count"),
      column("TPR", "percent"),
      column("FPR", "percent"),
      column("F1", "percent"),
      column("J", "points"),
      column("AUROC", "share"),
    ],
    notes: [
      "Positive: the base model was wrong. TPR: share of wrong answers that were flagged; FPR: share of right answers that were flagged.",
      "J = TPR - FPR in percentage points; AUROC needs no threshold; 0.5 is chance. No tau means that several were used.",
      ...noteSingles(data),
    ],
  };
  return fillBySweep(data, frame, (sweep) =>
    measureEstimators(sweep).map(({ used, ...quality }) => [
      quality.dataset,
      labelNamed(sweep.record.config.variants, quality.variant),
      quality.estimator,
      used.tau,
      quality.n,
      quality.wrong,
      used.flagged,
      used.truePositiveRate,
      used.falsePositiveRate,
      used.f1,
      used.youdenJ,
      quality.auroc,
    ]),
  );
}

/** States how many samples are excluded, if any. */
function noteSingles({ sweeps }: ReportData): string[] {
  const counts = sweeps.flatMap(measureEstimators).map(({ single }) => single);
  const most = Math.max(0, ...counts);
  return most === 0
    ? []
    : [
        `Excluded: samples with only one tool, of which estimators of names are certain (at most ${most} of a variant).`,
      ];
}

/** The same over a grid of thresholds (the paper's Figure 6). */
export function tabulateCurve(data: ReportData): Table {
  const frame = {
    id: "estimator-thresholds",
    title: "Quality of the uncertainty estimators over thresholds",
    columns: [
      ...ORIGIN,
      column("tau", "number"),
      column("flagged", "count"),
      column("TPR", "percent"),
      column("FPR", "percent"),
      column("F1", "percent"),
      column("J", "points"),
    ],
    notes: ["A sample is flagged if its margin is below tau.", ...noteSingles(data)],
  };
  return fillBySweep(data, frame, (sweep) =>
    measureEstimators(sweep).flatMap((quality) =>
      quality.curve.map((point) => [
        quality.dataset,
        labelNamed(sweep.record.config.variants, quality.variant),
        quality.estimator,
        point.tau,
        point.flagged,
        point.truePositiveRate,
        point.falsePositiveRate,
        point.f1,
        point.youdenJ,
      ]),
    ),
  );
}

/** Thresholds that `tau: auto` chose. */
export function tabulateThresholds(data: ReportData): Table {
  const frame = {
    id: "chosen-thresholds",
    title: "Thresholds chosen on calibration records",
    columns: [
      column("variant", "text"),
      column("seed", "count"),
      column("tau", "number"),
      column("records", "count"),
      column("wrong", "count"),
      column("J", "points"),
      column("AUROC", "share"),
    ],
    notes: [
      "Chosen by Youden's J on held-out calibration records; all columns describe those records.",
      "provenance.json lists them under datasets.",
    ],
  };
  const read = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return fillBySweep(data, frame, ({ thresholds, record }) =>
    thresholds.map(({ variant, seed, tau, details }) => [
      labelNamed(record.config.variants, variant),
      seed,
      tau,
      read(details["count"]),
      read(details["wrong"]),
      read(details["youdenJ"]),
      read(details["auroc"]),
    ]),
  );
}
