import type { StoredProgress, SweepCounts } from "../../store/store.js";
import type { FineTuneProgress } from "../../contracts/messages.js";
import type { Stall } from "../sweep/stall/stall.js";
import { formatBar, formatDuration } from "./format.js";
import { measureRate } from "./rate.js";

/** How far a sweep is. */
export interface SweepView {
  readonly counts: SweepCounts;
  readonly progress: StoredProgress;
  readonly paused: boolean;
  /** Failed units count as not done. */
  readonly retryFailed: boolean;
  /** Adapters in training that will answer all samples of a variant (sft). */
  readonly fineTunes: readonly FineTuneProgress[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Why the sweep does not go on by itself; null if it does. */
  readonly stall: Stall | null;
}

/** Counts units that have a row; with `retryFailed`, failed units count as not done. */
export function countDone(counts: SweepCounts, retryFailed: boolean): number {
  return counts.scored + counts.unparsable + (retryFailed ? 0 : counts.failed);
}

/** Number of planned units that only calibrate `tau: auto` and are not reported. */
export function countCalibration({ variants }: StoredProgress): number {
  return variants
    .filter(({ role }) => role === "calibration")
    .reduce((sum, { planned }) => sum + planned, 0);
}

/** Renders the adapters in training, "sft 50/100 steps"; empty if there are none. */
export function renderFineTunes(fineTunes: readonly FineTuneProgress[]): string[] {
  return fineTunes
    .filter(({ steps, totalSteps }) => steps < totalSteps)
    .map(
      ({ variant, seed, steps, totalSteps }) => `${variant}/${seed} ${steps}/${totalSteps} steps`,
    );
}

/** Renders one line: bar, done of planned, pause or rate and time left, uncertain, adapted, failed, stall. */
export function renderProgress(view: SweepView): string {
  const { counts } = view;
  return [
    ...renderFineTunes(view.fineTunes),
    renderUnits(view),
    ...renderPace(view),
    `${counts.uncertain} uncertain`,
    `${counts.adapted} adapted`,
    `${counts.failed} failed`,
    ...renderStall(view).map((line) => line.trim()),
  ].join(" · ");
}

/** Two lines, why nothing moves and what to do; empty if the sweep goes on. */
export function renderStall({ stall }: Pick<SweepView, "stall">): string[] {
  return stall === null ? [] : [`  stalled: ${stall.reason}`, `  next: ${stall.next}`];
}

/** The bar and the only count of units, which names those that are not reported. */
export function renderUnits({ counts, progress, retryFailed }: SweepView): string {
  const done = countDone(counts, retryFailed);
  const share = counts.planned === 0 ? 1 : done / counts.planned;
  const calibration = countCalibration(progress);
  const named = calibration === 0 ? "" : ` (${calibration} for calibration)`;
  return `${formatBar(share, 20)} ${done}/${counts.planned} units${named}`;
}

/** "paused", or the rate and the time left. */
export function renderPace({ counts, progress, paused, retryFailed, now }: SweepView): string[] {
  const left = counts.planned - countDone(counts, retryFailed);
  if (left === 0) return [];
  if (paused) return ["paused"];
  const rate = measureRate(progress.ends, now);
  if (rate === null) return ["rate -", "? left"];
  return [`${rate.toFixed(rate < 10 ? 1 : 0)}/s`, `${formatDuration(left / rate)} left`];
}
