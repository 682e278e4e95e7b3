import { createRandom, shuffle } from "../../domain/identity/random.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { Store, SweepRecord } from "../../store/store.js";

/** Partners per unit: enough that one has a usable pair, few enough that the control stays cheap. */
const PARTNERS = 5;

/** Circles that a process keeps; one of 100,000 samples takes about 20 MB. */
const KEPT = 8;

/** The samples of one data set in the circular order of one seed. */
interface Circle {
  readonly keys: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

/** The circles of each store, by sweep, data set, seed and version of the plan; the last used ones come last. */
const circles = new WeakMap<Store, Map<string, Promise<Circle>>>();

/**
 * Looks up the samples that follow a unit's own in a circular order drawn from (seed, data set), so that each sample is
 * the first partner of exactly one other. The order is kept between calls until the plan grows.
 */
export async function createPartnerLookup(
  store: Store,
  { name, updatedAt }: SweepRecord,
): Promise<(unit: PlannedUnit) => Promise<string[]>> {
  // A plan grows after its sweep's record has changed, and the last place moves with every unit that is added.
  const last = await store.findLastPlace(name);
  const version = `${updatedAt}/${last?.position ?? 0}/${last?.unitKey ?? ""}`;
  const known = circles.get(store) ?? new Map<string, Promise<Circle>>();
  circles.set(store, known);
  return async ({ dataset, seed, sampleKey }) => {
    const id = `${name}/${dataset}/${seed}/${version}`;
    const circle = known.get(id) ?? drawCircle(store, name, { dataset, seed });
    known.delete(id);
    known.set(id, circle);
    for (const oldest of [...known.keys()].slice(0, -KEPT)) known.delete(oldest);
    try {
      return findPartners(await circle, sampleKey);
    } catch (error) {
      // The next call reads it again.
      known.delete(id);
      throw error;
    }
  };
}

async function drawCircle(
  store: Store,
  sweep: string,
  { dataset, seed }: Pick<PlannedUnit, "dataset" | "seed">,
): Promise<Circle> {
  const planned = await store.listPlannedSamples(sweep, dataset);
  const keys = shuffle(planned, createRandom(`partners/${dataset}/${seed}`));
  return { keys, places: new Map(keys.map((key, place) => [key, place])) };
}

function findPartners({ keys, places }: Circle, sampleKey: string): string[] {
  const place = places.get(sampleKey) ?? -1;
  const others = place < 0 ? keys.length : keys.length - 1;
  return Array.from(
    { length: Math.min(PARTNERS, others) },
    (_, step) => keys[(place + 1 + step) % keys.length] ?? "",
  );
}
