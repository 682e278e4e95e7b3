import type { SweepCounts } from "../../store/store.js";
import type { FineTuneProgress } from "../../contracts/messages.js";
import { formatBar, formatDuration } from "./format.js";

/** Number of finished units at a moment. */
export interface ProgressPoint {
  /** Milliseconds on any steady clock. */
  readonly at: number;
  readonly done: number;
}

/** How far back the rate looks, milliseconds: long enough to be steady, short enough to follow. */
const windowMs = 30_000;

/** Units that have a row; with `retryFailed`, failed ones still count as to be done. */
export function countDone(counts: SweepCounts, retryFailed: boolean): number {
  return counts.scored + counts.unparsable + (retryFailed ? 0 : counts.failed);
}

/** Units per second over the last half minute; null before there is anything to tell from. */
export function measureRate(points: readonly ProgressPoint[]): number | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const first = points.find((point) => point.at >= last.at - windowMs) ?? last;
  const seconds = (last.at - first.at) / 1000;
  if (seconds <= 0 || last.done <= first.done) return null;
  return (last.done - first.done) / seconds;
}

/** The points that a later rate can still need. */
export function dropOldPoints(points: readonly ProgressPoint[]): ProgressPoint[] {
  const last = points.at(-1);
  return last === undefined ? [] : points.filter((point) => point.at >= last.at - windowMs);
}

/** The adapters in training, "sft 50/100 steps · "; empty where none is. */
export function renderFineTunes(fineTunes: readonly FineTuneProgress[]): string {
  return fineTunes
    .filter(({ steps, totalSteps }) => steps < totalSteps)
    .map(
      ({ variant, seed, steps, totalSteps }) =>
        `${variant}/${seed} ${steps}/${totalSteps} steps · `,
    )
    .join("");
}

/** One line: bar, done of planned, rate, time left, uncertain, adapted, failed. */
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
