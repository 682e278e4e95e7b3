import type { ReportSweep } from "../model/report-data.js";
import { labelNamed, sortForReading } from "../model/variant-roles.js";
import { measureOurs } from "./measure-ours.js";
import type { PaperExperiment, PaperValue } from "./reference.js";
import { paperReference } from "./reference.js";

/** One of our values and the paper's; null if not measured or not printed. */
export interface ComparedCell {
  readonly ours: number | null;
  /** Values by paper model, in the order of `models`. */
  readonly paper: readonly (number | null)[];
}

/** A table or figure of the paper, with our values beside the paper's. */
export interface PaperComparison {
  readonly experiment: PaperExperiment;
  /** The paper's models that have their own columns. */
  readonly models: readonly string[];
  /** Row heads: a variant, or an answer mode and a variant. */
  readonly rowHeads: readonly string[];
  readonly columns: readonly { readonly head: string; readonly unit: PaperValue["unit"] }[];
  readonly rows: readonly {
    readonly labels: readonly string[];
    readonly cells: readonly ComparedCell[];
  }[];
  /** How to read our values; the paper's misprints are listed with the experiment. */
  readonly notes: readonly string[];
}

/** A quantity and its position in the comparison. */
interface Place {
  readonly dataset: string;
  readonly measure: string;
  readonly unit: PaperValue["unit"];
}

/**
 * Arranges a sweep's values like the table of its experiment in the paper. The rows are all
 * variants of the sweep, including those not in the paper (controls, other thresholds), and all
 * variants of the paper, including those that the sweep lacks. Null if the sweep reproduces no
 * experiment, or one for which the paper prints no numbers.
 */
export function compareWithPaper(sweep: ReportSweep): PaperComparison | null {
  const experiment = paperReference(sweep.record.config.experiment);
  if (experiment === null || experiment.values.length === 0) return null;
  const values = experiment.values.map(splitModel);
  const models = unique(values.map(({ model }) => model));
  const variants = unique([
    ...sortForReading(sweep.record.config.variants).map(({ name }) => name),
    ...values.map(({ variant }) => variant),
  ]);
  const datasets = unique(values.map(({ dataset }) => dataset));
  const places = unique(values.map(({ measure }) => measure)).map((measure) => ({
    measure,
    unit: values.find((value) => value.measure === measure)?.unit ?? "%",
  }));
  const find = (place: Place, variant: string): ComparedCell => ({
    ours: measureOurs(sweep, { ...place, variant }),
    paper: models.map(
      (model) =>
        values.find(
          (value) =>
            value.model === model &&
            value.variant === variant &&
            value.dataset === place.dataset &&
            value.measure === place.measure,
        )?.value ?? null,
    ),
  });
  const frame = { experiment, models, notes: noteOurs(sweep) };
  if (datasets.length === 1) {
    const dataset = datasets[0] ?? "";
    return {
      ...frame,
      rowHeads: ["variant"],
      columns: places.map(({ measure, unit }) => ({ head: measure, unit })),
      rows: variants
        .map((variant) => ({
          labels: [labelNamed(sweep.record.config.variants, variant)],
          cells: places.map((place) => find({ ...place, dataset }, variant)),
        }))
        .filter(hasValue),
    };
  }
  return {
    ...frame,
    rowHeads: ["variant", "answer"],
    columns: datasets.map((dataset) => ({ head: dataset, unit: "%" })),
    rows: places
      .flatMap((place) =>
        variants.map((variant) => ({
          labels: [labelNamed(sweep.record.config.variants, variant), place.measure],
          cells: datasets.map((dataset) => find({ ...place, dataset }, variant)),
        })),
      )
      .filter(hasValue),
  };
}

/** The sweep's model and its number of samples. */
export function describeOurs({ record, summary }: ReportSweep): string {
  const counts = summary.datasets.map(({ variants }) =>
    Math.max(0, ...variants.map(({ n }) => n / Math.max(1, summary.seeds.length))),
  );
  const seeds = summary.seeds.length === 1 ? "1 seed" : `${summary.seeds.length} seeds`;
  return `ours: ${record.config.model}, n = ${counts.map(Math.round).join(", ")}, ${seeds}`;
}

function hasValue({ cells }: { readonly cells: readonly ComparedCell[] }): boolean {
  return cells.some(({ ours, paper }) => [ours, ...paper].some((value) => value !== null));
}

/** "single, 7B" is the quantity "single" of the paper's 7B model. */
function splitModel(value: PaperValue): PaperValue & { readonly model: string } {
  const [, measure = value.measure, model = ""] = /^(.*), (.*)$/.exec(value.measure) ?? [];
  return { ...value, measure, model };
}

/** Notes on our values; only sweeps of Table 3 and Table 4 have any. */
function noteOurs(sweep: ReportSweep): string[] {
  switch (sweep.record.config.experiment) {
    case "table-3":
      return [
        "Variants at threshold 0: values at the threshold with the largest J on these same samples, which is optimistic.",
      ];
    case "table-4":
      return [
        "Mean compute seconds; uncertain sample: H + G + T + I, certain sample: H + I. Steps reused from another sweep have no time: use a separate database.",
        "G counts all draws of a pair, including failed ones and pairs without a usable draw. SFT on 13k is not measured: this sweep trains no such adapter, and those records are not available.",
      ];
    default:
      return [];
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
