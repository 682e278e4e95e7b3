import type { VariantSpec } from "../../domain/config/variant.js";
import type { ReportUnit } from "../model/report-unit.js";
import type { ReportData, ReportSweep } from "../model/report-data.js";
import type { DatasetSummary, VariantSummary } from "../model/summarise-sweep.js";
import { labelVariant } from "../model/variant-roles.js";

/** One dataset of one sweep: the subject of a figure. */
export interface FigureContext {
  readonly sweep: ReportSweep;
  readonly dataset: DatasetSummary;
  /** The dataset's rows. */
  readonly rows: readonly ReportUnit[];
  /** Suffix of every id if the report has several datasets: "" or "-sealtool". */
  readonly suffix: string;
  /** Dataset and model for captions; also the sweep if there are several. */
  readonly where: string;
}

/** The parts of a report that have their own figures, in report order. */
export function listContexts(data: ReportData): FigureContext[] {
  const several = data.sweeps.length > 1;
  return data.sweeps.flatMap((sweep) =>
    sweep.summary.datasets.map((dataset) => {
      const parts = [
        ...(several ? [sweep.record.name] : []),
        ...(sweep.summary.datasets.length > 1 ? [dataset.dataset] : []),
      ];
      return {
        sweep,
        dataset,
        rows: sweep.units.filter((row) => row.dataset === dataset.dataset),
        suffix: parts.map((part) => `-${part}`).join(""),
        where: [
          ...(several ? [sweep.record.name] : []),
          dataset.dataset,
          sweep.record.config.model,
        ].join(", "),
      };
    }),
  );
}

/** A variant's summary with its specification and label. */
export interface NamedVariant {
  readonly summary: VariantSummary;
  readonly spec: VariantSpec;
  readonly label: string;
}

/** The dataset's variants that have answers, in reading order. */
export function listVariants(context: FigureContext): NamedVariant[] {
  return context.dataset.variants.flatMap((summary) => {
    const spec = context.sweep.record.config.variants.find(
      (variant) => variant.name === summary.variant,
    );
    return spec === undefined || summary.soft.mean === null
      ? []
      : [{ summary, spec, label: labelVariant(summary) }];
  });
}

/** The places of the shown variants among the dataset's variants, by label, for their colors. */
export function placeVariants(
  context: FigureContext,
  shown: readonly string[],
): ReadonlyMap<string, number> {
  const places = new Map(listVariants(context).map(({ label }, place) => [label, place]));
  return new Map(shown.map((label) => [label, places.get(label) ?? 0]));
}

/** "n = 294 samples, 3 seeds". */
export function describeCount(context: FigureContext): string {
  const samples = new Set(context.rows.map((row) => row.sampleKey)).size;
  const seeds = context.sweep.summary.seeds.length;
  return `n = ${samples} samples, ${seeds} seed${seeds === 1 ? "" : "s"}`;
}

/**
 * Rounds a number for a specification: precise enough to draw, without platform-dependent last
 * digits.
 */
export function round(value: number, digits = 4): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
