import { mean, sampleStandardDeviation } from "../../domain/statistics/statistics.js";
import type { StepTiming } from "../../domain/units/trace.js";
import type { ReportUnit } from "../model/report-unit.js";

/**
 * Time of one step over a variant's units; reused values cost nothing and are counted separately.
 */
export interface StepSeconds {
  readonly step: StepTiming["step"];
  /** How often the step was computed, and how often another unit's value was reused. */
  readonly computed: number;
  readonly reused: number;
  /** Compute seconds: from start to completion, without waiting. */
  readonly total: number;
  readonly mean: number;
  /** Sample standard deviation; null for one value. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
  /** Mean seconds from scheduling to start. */
  readonly queueMean: number;
}

/** Steps in unit order; not every method has all of them. */
export const STEPS: readonly StepTiming["step"][] = [
  "scoreUncertainty",
  "gatherExamples",
  "groundAnswer",
  "synthesize",
  "measureHeldBack",
  "trainAdapter",
  "infer",
  "resetAdapter",
];

/** Seconds per step over the rows; steps that never ran are absent. */
export function summariseSteps(rows: readonly ReportUnit[]): StepSeconds[] {
  const timings = rows.flatMap((row) => row.trace.timings);
  return STEPS.flatMap((step) => {
    const own = timings.filter((timing) => timing.step === step);
    if (own.length === 0) return [];
    const computed = own.filter((timing) => timing.reusedFrom === undefined);
    const seconds = computed.map((timing) => timing.computeMs / 1000);
    return [
      {
        step,
        computed: computed.length,
        reused: own.length - computed.length,
        total: seconds.reduce((sum, value) => sum + value, 0),
        mean: computed.length === 0 ? 0 : mean(seconds),
        deviation: sampleStandardDeviation(seconds),
        least: seconds.reduce((least, value) => Math.min(least, value), seconds[0] ?? 0),
        most: seconds.reduce((most, value) => Math.max(most, value), 0),
        queueMean:
          computed.length === 0 ? 0 : mean(computed.map((timing) => timing.queueMs / 1000)),
      },
    ];
  });
}
