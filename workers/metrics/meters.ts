import type { MetricMeter } from "@temporalio/common";

/** Buckets of times, in seconds: from a step that was reused to the longest that a step may take. */
const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800];

/** Buckets of our own histograms, for Temporal's exporter. */
export const HISTOGRAM_BUCKETS: Readonly<Record<string, number[]>> = {
  whetstone_step_seconds: SECONDS,
  whetstone_step_queue_seconds: SECONDS,
};

/** What a worker counts beside the metrics of Temporal's SDK. Every number has the tag `step`, the activity's name. */
export interface Meters {
  /** Units whose row was written, by `outcome`. */
  readonly countUnit: (outcome: string) => void;
  /** Seconds that one attempt at a step waited in its queue, and that it took. */
  readonly timeStep: (
    step: string,
    seconds: { readonly queued: number; readonly run: number },
  ) => void;
  /** Attempts that failed, by `code`: each is a retry or, at last, a failed unit. */
  readonly countFailure: (step: string, code: string) => void;
  /** Adapters that this process has trained and not dropped yet. */
  readonly setAdapters: (count: number) => void;
}

/** Creates the meters of one process. */
export function createMeters(meter: MetricMeter): Meters {
  const units = meter.createCounter("whetstone_units", "1", "Units whose row was written.");
  const failures = meter.createCounter("whetstone_step_failures", "1", "Attempts that failed.");
  const adapters = meter.createGauge(
    "whetstone_adapters_live",
    "int",
    "1",
    "Adapters not dropped yet.",
  );
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, "float", "s", description);
  const run = histogram("whetstone_step_seconds", "Seconds that an attempt at a step took.");
  const queued = histogram("whetstone_step_queue_seconds", "Seconds that it waited in its queue.");
  return {
    countUnit(outcome) {
      units.add(1, { outcome });
    },
    timeStep(step, seconds) {
      run.record(seconds.run, { step });
      queued.record(seconds.queued, { step });
    },
    countFailure(step, code) {
      failures.add(1, { step, code });
    },
    setAdapters(count) {
      adapters.set(count);
    },
  };
}
