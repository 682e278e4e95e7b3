import { mean, sampleStandardDeviation } from "../../domain/statistics/statistics.js";
import type { StepTiming } from "../../domain/units/trace.js";
import type { ResultRow } from "../../store/store.js";

/** What one step cost over the units of a variant; a reused value costs nothing and is counted apart. */
export interface StepSeconds {
  readonly step: StepTiming["step"];
  /** Times the step was computed, and times its value was another unit's. */
  readonly computed: number;
  readonly reused: number;
  /** Compute seconds: from start to completion, waiting not included. */
  readonly total: number;
  readonly mean: number;
  /** Sample standard deviation; null for one value. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
  /** Mean seconds from scheduling to start. */
  readonly queueMean: number;
}

/** Steps in the order in which a unit takes them; not every method has all. */
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
export function summariseSteps(rows: readonly ResultRow[]): StepSeconds[] {
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
