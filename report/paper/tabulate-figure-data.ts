import type { EstimatorQuality } from "../estimator-quality.js";
import { measureEstimators } from "../estimator-quality.js";
import { findMost } from "../figures/margins.js";
import type { ReportSweep } from "../report-data.js";
import { labelNamed } from "../variant-roles.js";

/** The numbers that a drawing of the paper shows, as heads and rows of text. */
export interface FigureData {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const BINS = 10;

/**
 * Our data for a figure that the paper prints no numbers of: margins of right and wrong answers (Figure 5), rates over
 * tau (Figure 6). One table per data set and estimator; none for any other experiment.
 */
export function tabulateFigureData(sweep: ReportSweep): FigureData[] {
  const { experiment } = sweep.record.config;
  if (experiment !== "figure-5" && experiment !== "figure-6") return [];
  return measureEstimators(sweep).map((quality) => {
    const variant = labelNamed(sweep.record.config.variants, quality.variant);
    const labelled = { ...quality, variant };
    return experiment === "figure-5" ? tabulateMargins(labelled) : tabulateRates(labelled);
  });
}

function describe({ dataset, variant, n, wrong }: EstimatorQuality): string {
  return `${dataset}, ${variant}: ${n - wrong} right and ${wrong} wrong base answers`;
}

function tabulateMargins(quality: EstimatorQuality): FigureData {
  const margins = quality.points.map(({ margin }) => margin);
  const least = Math.min(0, ...margins);
  const width = (findMost(margins) - least) / BINS;
  const counts = Array.from({ length: BINS }, () => ({ right: 0, wrong: 0 }));
  for (const { margin, baseWrong } of quality.points) {
    const bin = counts[Math.min(BINS - 1, Math.floor((margin - least) / width))];
    if (bin !== undefined) bin[baseWrong ? "wrong" : "right"] += 1;
  }
  return {
    title: `margins on ${describe(quality)}`,
    heads: ["margin from", "to", "right", "wrong"],
    rows: counts.map(({ right, wrong }, bin) => [
      (least + bin * width).toFixed(3),
      // Margins without a bound have a few far out: the last bar is open.
      bin === BINS - 1
        ? Math.max(...margins, least + BINS * width).toFixed(3)
        : (least + (bin + 1) * width).toFixed(3),
      String(right),
      String(wrong),
    ]),
  };
}

function tabulateRates(quality: EstimatorQuality): FigureData {
  const percent = (share: number): string => (100 * share).toFixed(2);
  return {
    title: `rates over tau on ${describe(quality)}`,
    heads: ["tau", "flagged", "TPR", "FPR", "J"],
    rows: quality.curve.map((point) => [
      point.tau.toFixed(3),
      String(point.flagged),
      percent(point.truePositiveRate),
      percent(point.falsePositiveRate),
      percent(point.youdenJ),
    ]),
  };
}
