import { isBase } from "../../domain/methods/methods.js";
import { measureEstimators } from "../statistics/estimator-quality.js";
import type { ReportSweep } from "../model/report-data.js";
import type { StepSeconds } from "../statistics/step-seconds.js";
import type { VariantSummary } from "../model/summarise-sweep.js";
import { paperReference } from "./reference.js";

/** The value to look up, with the paper's names. */
export interface WantedValue {
  /** A dataset, or "average" over the paper's four. */
  readonly dataset: string;
  readonly variant: string;
  readonly measure: string;
}

const STEPS: Readonly<Record<string, StepSeconds["step"]>> = {
  H: "scoreUncertainty",
  G: "synthesize",
  T: "trainAdapter",
  I: "infer",
};

/** Steps whose seconds add up to a sample's time. */
const SUMS: Readonly<Record<string, readonly string[]>> = {
  "uncertain sample": ["H", "G", "T", "I"],
  "certain sample": ["H", "certain I"],
};

const QUALITIES = {
  TPR: "truePositiveRate",
  FPR: "falsePositiveRate",
  F1: "f1",
  "Youden J": "youdenJ",
} as const;

/** Our value in the paper's unit (percent, seconds, samples); null if the sweep has none. */
export function measureOurs(sweep: ReportSweep, wanted: WantedValue): number | null {
  if (wanted.dataset === "average") return averageOurs(sweep, wanted);
  const rows = sweep.summary.datasets.find(({ dataset }) => dataset === wanted.dataset)?.variants;
  const row = rows?.find(({ variant }) => variant === wanted.variant);
  if (rows === undefined || row === undefined) return null;
  return (
    measureAnswers(row, wanted.measure, sweep.summary.seeds.length) ??
    measureQuality(sweep, wanted) ??
    measureSeconds(row, rows, wanted.measure)
  );
}

/** Mean over the paper's datasets; null unless all of them are present. */
function averageOurs(sweep: ReportSweep, wanted: WantedValue): number | null {
  const reference = paperReference(sweep.record.config.experiment)?.values ?? [];
  const names = new Set(reference.map(({ dataset }) => dataset));
  names.delete("average");
  const values = [...names].map((dataset) => measureOurs(sweep, { ...wanted, dataset }));
  if (values.length === 0 || values.some((each) => each === null)) return null;
  return values.reduce<number>((sum, each) => sum + (each ?? 0), 0) / values.length;
}

function measureAnswers(row: VariantSummary, measure: string, seeds: number): number | null {
  if (row.n === 0) return null;
  const percent = (share: number | null | undefined): number | null =>
    share == null ? null : 100 * share;
  if (measure === "single") return percent((row.modes?.single ?? row.soft).mean);
  if (measure === "majority") return percent(row.modes?.majority.mean);
  if (measure === "pass@5") return row.modes?.k === 5 ? percent(row.modes.passAtK.mean) : null;
  if (measure !== "adapted" || row.adaptedShare === null) return null;
  return (row.adaptedShare * row.n) / Math.max(1, seeds);
}

/**
 * Quality at the threshold used; a variant that never adapts has no threshold, so its best is
 * reported.
 */
function measureQuality(sweep: ReportSweep, wanted: WantedValue): number | null {
  const key = QUALITIES[wanted.measure as keyof typeof QUALITIES] as
    (typeof QUALITIES)[keyof typeof QUALITIES] | undefined;
  if (key === undefined) return null;
  const own = measureEstimators(sweep).find(
    ({ dataset, variant }) => dataset === wanted.dataset && variant === wanted.variant,
  );
  if (own === undefined) return null;
  const best = own.curve.reduce<(typeof own.curve)[number] | undefined>(
    (most, point) => (most === undefined || point.youdenJ > most.youdenJ ? point : most),
    undefined,
  );
  // A rate over an empty class is undefined, and J, the difference of both rates, needs both
  // classes.
  const hasWrong = own.wrong > 0;
  const hasRight = own.wrong < own.n;
  if (key !== "falsePositiveRate" && !hasWrong) return null;
  if ((key === "falsePositiveRate" || key === "youdenJ") && !hasRight) return null;
  return 100 * (own.used.tau === 0 ? (best ?? own.used) : own.used)[key];
}

function measureSeconds(
  row: VariantSummary,
  rows: readonly VariantSummary[],
  measure: string,
): number | null {
  const parts = SUMS[measure];
  if (parts !== undefined) {
    const seconds = parts.map((part) => measureSeconds(row, rows, part));
    if (seconds.some((each) => each === null)) return null;
    return seconds.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  }
  // A certain sample reuses the base model's answer, which the base variant computed.
  const isCertain = measure === "certain I";
  const source = isCertain ? rows.find(({ method }) => isBase(method)) : row;
  const step = isCertain ? "infer" : STEPS[measure];
  const own = source?.steps.find((each) => each.step === step);
  return own === undefined || own.computed === 0 ? null : own.mean;
}
