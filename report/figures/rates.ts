import { sweepThresholds } from "../../domain/uncertainty/choose-threshold.js";
import type { EstimatorCurve } from "../statistics/estimator-quality.js";
import { listEstimators } from "./estimators.js";
import type { FigureContext } from "./context.js";
import { round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { findMost } from "./margins.js";
import { encodeLines } from "./theme.js";

/** Number of thresholds drawn. */
const STEPS = 100;

/**
 * True and false positive rates of H over tau (the paper's Figure 6); positive means that base is
 * wrong.
 */
export function draftRates(context: FigureContext): FigureDraft | null {
  const estimators = listEstimators(context).filter(
    ({ quality }) => quality.wrong > 0 && quality.wrong < quality.n,
  );
  if (estimators.length === 0) return null;
  const areas = estimators
    .map(
      ({ name, quality }) => `${name} ${quality.auroc === null ? "–" : quality.auroc.toFixed(3)}`,
    )
    .join(", ");
  const counts = estimators
    .map(({ name, quality }) => `${name} ${quality.n}, ${quality.wrong} of them wrong`)
    .join("; ");
  return {
    id: `figure-6-rates${context.suffix}`,
    title: "What the threshold catches (the paper's Figure 6)",
    caption: `${context.where}: share of samples flagged uncertain over tau, among wrong base answers (TPR) and right ones (FPR). AUROC: ${areas}. n = ${counts}.`,
    spec: {
      hconcat: estimators.map(({ name, quality }) => ({
        title: { text: name, fontSize: 12, fontWeight: "normal", anchor: "start" },
        width: 180,
        height: 190,
        data: {
          values: sweepThresholds(quality.points, listTaus(quality)).flatMap((point) => [
            { tau: round(point.tau), rate: round(point.truePositiveRate), of: "TPR, wrong" },
            { tau: round(point.tau), rate: round(point.falsePositiveRate), of: "FPR, right" },
          ]),
        },
        mark: { type: "line", interpolate: "step-after" },
        encoding: {
          x: { field: "tau", type: "quantitative", title: "tau" },
          y: { field: "rate", type: "quantitative", title: "flagged", axis: { format: ".0%" } },
          ...encodeLines("of", "bottom"),
        },
      })),
    },
  };
}

/**
 * Evenly spaced from 0 to the end of the margin histogram; for margins that are shares, slightly
 * beyond, so that the last one flags every sample.
 */
function listTaus({ points }: EstimatorCurve): number[] {
  const margins = points.map(({ margin }) => margin);
  const most = findMost(margins);
  const end = most <= 1 ? 1 : most;
  const taus = Array.from({ length: STEPS + 1 }, (_, step) => (end * step) / STEPS);
  return most <= 1 ? [...taus, 1.01] : taus;
}
