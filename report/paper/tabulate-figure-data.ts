import type { EstimatorQuality } from "../statistics/estimator-quality.js";
import { measureEstimators } from "../statistics/estimator-quality.js";
import { requestText } from "../../domain/samples/request-text.js";
import { pairQuery } from "../../domain/formats/synthesis-reply.js";
import { findShown } from "../figures/embedding.js";
import { findMost } from "../figures/margins.js";
import type { ReportSweep } from "../model/report-data.js";
import { labelNamed } from "../model/variant-roles.js";
import { shortenText } from "../../domain/text/cut-text.js";

/** The data behind a plot of the paper, as heads and rows of text. */
export interface FigureData {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const BINS = 10;

/** Characters of a query that a row shows. */
const QUERY_LENGTH = 90;

/**
 * Our data for a figure for which the paper prints no numbers: margins of right and wrong answers
 * (Figure 5) and rates over tau (Figure 6), one table per dataset and estimator; the sample that
 * Figure 7 shows and its pairs, one table per dataset. Empty for any other experiment.
 */
export function tabulateFigureData(sweep: ReportSweep): FigureData[] {
  const { experiment } = sweep.record.config;
  if (experiment === "figure-7") return tabulatePairs(sweep);
  if (experiment !== "figure-5" && experiment !== "figure-6") return [];
  return measureEstimators(sweep).map((quality) => {
    const variant = labelNamed(sweep.record.config.variants, quality.variant);
    const labelled = { ...quality, variant };
    return experiment === "figure-5" ? tabulateMargins(labelled) : tabulateRates(labelled);
  });
}

function tabulatePairs({ record, units, samples }: ReportSweep): FigureData[] {
  return record.config.datasets.map(({ name: dataset }) => {
    const shown = findShown(units.filter((row) => row.dataset === dataset));
    const heads = ["query", "calls"];
    if (shown === null) {
      return { title: `no uncertain sample of ${dataset} has a pair of its own`, heads, rows: [] };
    }
    const { sampleKey, seed, variant, trace } = shown;
    const messages = samples.get(`${dataset}/${sampleKey}`)?.sample.messages;
    const pairs = trace.synthesis?.pairs ?? [];
    return {
      title: `sample ${sampleKey} of ${dataset}, ${labelNamed(record.config.variants, variant)}, seed ${seed}, and its pairs`,
      heads,
      rows: [
        [quote(messages === undefined ? "" : requestText({ messages })), "the sample"],
        ...pairs.map((pair) => [
          quote(pairQuery(pair)),
          pair.output.map(({ name }) => quote(name)).join(", "),
        ]),
      ],
    };
  });
}

/** Model or data text on one line, without control characters. */
function quote(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return JSON.stringify(shortenText(line, QUERY_LENGTH)).slice(1, -1);
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
      // Unbounded margins have a few extreme outliers, so the last bar is open-ended.
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
