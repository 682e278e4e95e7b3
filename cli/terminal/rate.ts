import type { StoredProgress } from "../../store/store.js";

/** Window of the rate, milliseconds: long enough to be steady, short enough to follow changes. */
const WINDOW_MS = 60_000;
/** With fewer ends in the window, this many ends count, however long they took. */
const LEAST_ENDS = 10;
/** Ends before a pause of this length, milliseconds, are another run. */
const LONGEST_GAP_MS = 1_800_000;
/** A shorter span gives no rate: a batch that ends at once would look like thousands per second. */
const LEAST_SPAN_MS = 1_000;

/**
 * Units per second, from the finish times of the newest rows alone, so that every observer sees the same; null if too
 * few units ended, or none for much longer than the rate makes likely. `now`: milliseconds since 1970.
 */
export function measureRate(ends: StoredProgress["ends"], now: number): number | null {
  const times = untilGap(ends.map(({ finishedAt }) => Date.parse(finishedAt)));
  const [newest] = times;
  if (newest === undefined) return null;
  const recent = times.filter((time) => time >= newest - WINDOW_MS);
  const counted = recent.length >= LEAST_ENDS ? recent : times.slice(0, LEAST_ENDS);
  const oldest = counted.at(-1) ?? newest;
  if (counted.length < 2 || newest - oldest < LEAST_SPAN_MS) return null;
  const rate = (counted.length - 1) / ((newest - oldest) / 1000);
  return now - newest > WINDOW_MS + 3000 / rate ? null : rate;
}

/** Times, newest first, up to the first long gap. */
function untilGap(times: readonly number[]): readonly number[] {
  const gap = times.findIndex(
    (time, index) => index > 0 && (times[index - 1] ?? time) - time > LONGEST_GAP_MS,
  );
  return gap === -1 ? times : times.slice(0, gap);
}
