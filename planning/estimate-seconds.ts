import type { Store } from "../store/store.js";

/** A pause this long between two results means that nothing ran: a sweep was interrupted. */
const LONGEST_GAP_SECONDS = 60;

/** Results needed before a rate means anything. */
const FEWEST_RESULTS = 20;

/** How long the units will take, from an earlier sweep. */
export interface SecondsEstimate {
  readonly seconds: number;
  /** The sweep whose rate was used. */
  readonly basedOn: string;
}

/**
 * Seconds for `units` more units at the rate of the latest sweep with the same model, shared steps and
 * concurrency included. Null where the store has no such sweep.
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
    const results = await store.listResults(sweep.name, { failed: false });
    const finished = results.map((row) => Date.parse(row.finishedAt)).sort((a, b) => a - b);
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
