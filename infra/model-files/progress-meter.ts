import type { Report } from "./report.js";

/** Between two lines: on a terminal, and in a log, milliseconds. */
const LIVE_MS = 1_000;
const LOG_MS = 10_000;

/** How far a piece of work is, bytes. */
export interface Progress {
  /** "downloading" or "converting". */
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Shows progress as `model NAME: downloading 210 of 1061 MB, 24 MB/s`: on a terminal in one line that changes every
 * second, elsewhere as a line every ten seconds. The rate counts what was done since the label's first event.
 */
export function createProgressMeter(
  title: string,
  report: Report,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  let label: string | null = null;
  let start = { at: 0, done: 0 };
  let shownAt = 0;
  return (progress) => {
    const at = now();
    if (progress.label !== label) {
      ({ label } = progress);
      start = { at, done: progress.done };
      shownAt = report.isInteractive ? -Infinity : at;
    }
    const isDue = at - shownAt >= (report.isInteractive ? LIVE_MS : LOG_MS);
    if (!isDue && progress.done < progress.total) return;
    // Several events may say that all is done.
    if (shownAt === Infinity) return;
    shownAt = progress.done < progress.total ? at : Infinity;
    const seconds = (at - start.at) / 1000;
    const rate = seconds > 0 ? `, ${megabytes((progress.done - start.done) / seconds)} MB/s` : "";
    const line = `${title}: ${label} ${megabytes(progress.done)} of ${megabytes(progress.total)} MB${rate}`;
    if (report.isInteractive) report.live(line);
    else report.note(line);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
