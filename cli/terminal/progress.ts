import type { SweepCounts } from "../../store/store.js";
import type { FineTuneProgress } from "../../contracts/messages.js";
import { formatBar, formatDuration } from "./format.js";

/** Number of finished units at a point in time. */
export interface ProgressPoint {
  /** Milliseconds on any monotonic clock. */
  readonly at: number;
  readonly done: number;
}

/** Window of the rate, milliseconds: long enough to be steady, short enough to follow changes. */
const windowMs = 30_000;

/** Counts units that have a row; with `retryFailed`, failed units count as not done. */
export function countDone(counts: SweepCounts, retryFailed: boolean): number {
  return counts.scored + counts.unparsable + (retryFailed ? 0 : counts.failed);
}

/** Units per second over the last 30 seconds; null if there are too few points. */
export function measureRate(points: readonly ProgressPoint[]): number | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const first = points.find((point) => point.at >= last.at - windowMs) ?? last;
  const seconds = (last.at - first.at) / 1000;
  if (seconds <= 0 || last.done <= first.done) return null;
  return (last.done - first.done) / seconds;
}

/** Keeps the points that a later rate can still need. */
export function dropOldPoints(points: readonly ProgressPoint[]): ProgressPoint[] {
  const last = points.at(-1);
  return last === undefined ? [] : points.filter((point) => point.at >= last.at - windowMs);
}

/** Renders the adapters in training, "sft 50/100 steps · "; empty if there are none. */
export function renderFineTunes(fineTunes: readonly FineTuneProgress[]): string {
  return fineTunes
    .filter(({ steps, totalSteps }) => steps < totalSteps)
    .map(
      ({ variant, seed, steps, totalSteps }) =>
        `${variant}/${seed} ${steps}/${totalSteps} steps · `,
    )
    .join("");
}

/** Renders one line: bar, done of planned, rate, time left, uncertain, adapted, failed. */
export function renderProgress(
  counts: SweepCounts,
  rate: number | null,
  retryFailed = false,
): string {
  const done = countDone(counts, retryFailed);
  const share = counts.planned === 0 ? 1 : done / counts.planned;
  const left = counts.planned - done;
  const parts = [
    `${formatBar(share, 20)} ${done}/${counts.planned} units`,
    rate === null ? "rate -" : `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    left === 0 ? "0 s left" : `${rate === null ? "?" : formatDuration(left / rate)} left`,
    `${counts.uncertain} uncertain`,
    `${counts.adapted} adapted`,
    `${counts.failed} failed`,
  ];
  return parts.join(" · ");
}
