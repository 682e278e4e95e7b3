import { quantile } from "../../domain/statistics/statistics.js";
import type { NamedEstimator } from "./estimators.js";
import { listEstimators } from "./estimators.js";
import type { FigureContext } from "./context.js";
import { round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { RIGHT, WRONG } from "./theme.js";

/** Number of histogram bins. */
const BINS = 20;

/** Histograms of the margin for right and for wrong base answers (the paper's Figure 5). */
export function draftMargins(context: FigureContext): FigureDraft | null {
  const estimators = listEstimators(context);
  if (estimators.length === 0) return null;
  const counts = estimators
    .map(
      ({ name, quality }) => `${name}: ${quality.n - quality.wrong} right, ${quality.wrong} wrong`,
    )
    .join("; ");
  return {
    id: `figure-5-margins${context.suffix}`,
    title: "Margins of right and wrong answers (the paper's Figure 5)",
    caption: `${context.where}: distribution of the margin of H over samples that base answers right, and over those it answers wrong; PPL's margin has its own unit and uses the same log-likelihoods. n = ${counts}.`,
    spec: {
      hconcat: estimators.map((estimator) => drawHistogram(estimator)),
    },
  };
}

/** Upper end of the axis: unbounded margins have a few extreme outliers. */
export function findMost(margins: readonly number[]): number {
  const largest = margins.reduce((most, margin) => Math.max(most, margin), 1e-9);
  return largest <= 1 ? largest : Math.max(1e-9, quantile(margins, 0.95));
}

function drawHistogram({ name, quality }: NamedEstimator) {
  const margins = quality.points.map((point) => point.margin);
  const least = Math.min(0, ...margins);
  const most = findMost(margins);
  const width = (most - least) / BINS;
  const values = [false, true].flatMap((wrong) => {
    const own = quality.points.filter((point) => point.baseWrong === wrong);
    const counts = new Array<number>(BINS).fill(0);
    for (const { margin } of own) {
      const bin = Math.min(BINS - 1, Math.floor((margin - least) / width));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((count, bin) => ({
      answer: wrong ? "wrong" : "right",
      from: round(least + bin * width),
      to: round(least + (bin + 1) * width),
      share: own.length === 0 ? 0 : round((100 * count) / own.length, 2),
    }));
  });
  return {
    title: {
      text: margins.some((margin) => margin > most)
        ? `${name}, last bar: this value and above`
        : name,
      fontSize: 12,
      fontWeight: "normal",
      anchor: "start",
    },
    facet: { row: { field: "answer", type: "nominal", title: null } },
    data: { values },
    spec: {
      width: 190,
      height: 90,
      mark: { type: "bar", binSpacing: 1 },
      encoding: {
        x: { field: "from", type: "quantitative", bin: { binned: true }, title: "margin" },
        x2: { field: "to" },
        y: { field: "share", type: "quantitative", title: "% of them" },
        color: {
          field: "answer",
          type: "nominal",
          scale: { domain: ["right", "wrong"], range: [RIGHT, WRONG] },
          legend: null,
        },
      },
    },
  };
}
