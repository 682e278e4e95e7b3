import type { Store } from "../store/store.js";

/** A longer gap between two results means that the sweep was interrupted. */
const LONGEST_GAP_SECONDS = 60;

/** Minimum number of results for a meaningful rate. */
const FEWEST_RESULTS = 20;

/** Estimated time for the units, based on an earlier sweep. */
export interface SecondsEstimate {
  readonly seconds: number;
  /** The sweep that provided the rate. */
  readonly basedOn: string;
}

/**
 * Seconds for `units` more units at the rate of the latest sweep with the same model. The rate
 * includes shared steps and concurrency. Null if the store has no such sweep.
 */
export async function estimateSeconds(
  store: Store,
  modelFingerprint: string,
  units: number,
): Promise<SecondsEstimate | null> {
  const sweeps = (await store.listSweeps()).reverse();
  for (const sweep of sweeps) {
    const model = sweep.provenance["identity"];
    if (!(model instanceof Object) || !("model" in model)) continue;
    if (model.model !== modelFingerprint) continue;
    const ends = await store.listEnds(sweep.name);
    const finished = ends.map((end) => Date.parse(end)).sort((a, b) => a - b);
    if (finished.length < FEWEST_RESULTS) continue;
    const seconds = finished.reduce((sum, time, index) => {
      const gap = index === 0 ? 0 : (time - (finished[index - 1] ?? time)) / 1000;
      return sum + Math.min(gap, LONGEST_GAP_SECONDS);
    }, 0);
    const perUnit = seconds / (finished.length - 1);
    return { seconds: Math.round(perUnit * units), basedOn: sweep.name };
  }
  return null;
}
