import { gateEstimator } from "../../domain/methods/gate-estimator.js";
import type { EstimatorKind } from "../../domain/uncertainty/registry.js";
import type {
  CalibrationPoint,
  ThresholdQuality,
} from "../../domain/uncertainty/choose-threshold.js";
import {
  auroc,
  measureThreshold,
  sweepThresholds,
} from "../../domain/uncertainty/choose-threshold.js";
import { labelEstimator } from "../../domain/uncertainty/estimator-label.js";
import { effectiveTau } from "../../domain/uncertainty/uncertainty.js";
import { quantile } from "../../domain/statistics/statistics.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { ReportUnit } from "../model/report-unit.js";
import type { ReportSweep } from "../model/report-data.js";
import { findBase, sortForReading } from "../model/variant-roles.js";

/** How well margins separate wrong base answers from right ones, independent of a threshold. */
export interface EstimatorCurve {
  /**
   * Samples with a margin and a base answer, over all seeds; and how many of them base answered
   * wrong.
   */
  readonly n: number;
  readonly wrong: number;
  /** Probability that a wrong answer has the smaller margin; null if one class is empty. */
  readonly auroc: number | null;
  /** Over the grid of thresholds, smallest first. */
  readonly curve: readonly ThresholdQuality[];
  /** One per sample and seed, for histograms of the margin. */
  readonly points: readonly CalibrationPoint[];
}

/** A variant's estimator at the threshold it ran with (Table 3, Figures 5, 6). */
export interface EstimatorQuality extends EstimatorCurve {
  readonly dataset: string;
  readonly variant: string;
  readonly estimator: EstimatorKind;
  /** Its kind and parameters in words; equal for equal margins. */
  readonly label: string;
  /**
   * Samples excluded from all figures, over all seeds: with only one tool, estimators of names are certain. Those of
   * answers are not, but only the same samples compare.
   */
  readonly single: number;
  /** At the thresholds the sweep used, from the stored flags; `tau` is null for several. */
  readonly used: Omit<ThresholdQuality, "tau"> & { readonly tau: number | null };
}

/** Thresholds for margins between 0 and 1; the last flags every sample. */
const UNIT_GRID = [...Array.from({ length: 20 }, (_, step) => step / 20), 0.95, 0.99, 1, 1.01];

/**
 * Quality of every variant that scored its candidates, per dataset. Positive means that the base
 * model was wrong; base answers are those of the same seed. Variants that have no base or never
 * scored candidates are absent.
 */
export function measureEstimators(sweep: ReportSweep): EstimatorQuality[] {
  const { config } = sweep.record;
  return config.datasets.flatMap(({ name: dataset }) => {
    const rows = sweep.units.filter((row) => row.dataset === dataset);
    return sortForReading(config.variants).flatMap((variant) => {
      const base = findBase(config.variants, variant);
      if (base === null) return [];
      const quality = measureVariant(
        sweep,
        variant,
        rows.filter((row) => row.variant === variant.name),
        rows.filter((row) => row.variant === base),
      );
      return quality === null ? [] : [{ dataset, ...quality }];
    });
  });
}

function measureVariant(
  sweep: ReportSweep,
  variant: VariantSpec,
  rows: readonly ReportUnit[],
  base: readonly ReportUnit[],
): Omit<EstimatorQuality, "dataset"> | null {
  const before = new Map(base.map((row) => [`${row.sampleKey}/${row.seed}`, row.correct]));
  const scored = rows.flatMap(({ margin, uncertain, ...row }) => {
    const correct = before.get(`${row.sampleKey}/${row.seed}`) ?? null;
    if (margin === null || correct === null) return [];
    const single = row.candidateCount === 1;
    return [{ margin, baseWrong: !correct, flagged: uncertain === true, single }];
  });
  const judged = scored.filter(({ single }) => !single);
  if (judged.length === 0) return null;
  const points = judged.map(({ margin, baseWrong }) => ({ margin, baseWrong }));
  // A stored flag acts as a margin of 0 or 1 with a threshold in between, independent of each
  // seed's tau.
  const flags = judged.map(({ flagged, baseWrong }) => ({ margin: flagged ? 0 : 1, baseWrong }));
  return {
    variant: variant.name,
    estimator: gateEstimator(variant).kind,
    label: labelEstimator(gateEstimator(variant)),
    single: scored.length - judged.length,
    used: { ...measureThreshold(flags, 0.5), tau: usedThreshold(sweep, variant) },
    ...measurePoints(points),
  };
}

/** Separation by the margins over all thresholds. */
export function measurePoints(points: readonly CalibrationPoint[]): EstimatorCurve {
  return {
    n: points.length,
    wrong: points.filter(({ baseWrong }) => baseWrong).length,
    auroc: auroc(points),
    curve: sweepThresholds(points, listThresholds(points)),
    points,
  };
}

/** The one threshold used; null if `tau: auto` chose several. */
function usedThreshold(sweep: ReportSweep, variant: VariantSpec): number | null {
  if (variant.tau !== "auto") return effectiveTau(gateEstimator(variant), variant.tau);
  const chosen = sweep.thresholds.filter((each) => each.variant === variant.name);
  const distinct = new Set(chosen.map((each) => each.tau));
  return distinct.size === 1 ? (chosen[0]?.tau ?? null) : null;
}

/** A grid over [0, 1], or over the quantiles of margins on another scale. */
function listThresholds(points: readonly CalibrationPoint[]): number[] {
  const margins = points.map(({ margin }) => margin);
  const withinUnit = margins.every((margin) => margin >= 0 && margin <= 1);
  if (withinUnit) return [...new Set(UNIT_GRID)];
  const grid = Array.from({ length: 21 }, (_, step) => quantile(margins, step / 20));
  return [...new Set([...grid, (grid.at(-1) ?? 0) + 1])];
}
