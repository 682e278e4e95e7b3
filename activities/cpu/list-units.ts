import { findVariant } from "../../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { pairSource } from "../../domain/methods/methods.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { partitionOf } from "../../domain/units/partition.js";
import { createRandom, shuffle } from "../../domain/identity/random.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { PlacedUnit, Store, SweepRecord } from "../../store/store.js";
import { createRunnableFilter } from "../support/runnable-units.js";
import { readPlan } from "../support/read-plan.js";
import { getSweep } from "../support/sweep-record.js";
import type { ListUnitsInput, ListUnitsResult } from "../../contracts/steps/list-units.js";

/** The first pending units of one partition. Throws `SWEEP_NOT_FOUND`, `THRESHOLD_MISSING`. */
export async function listUnits(store: Store, input: ListUnitsInput): Promise<ListUnitsResult> {
  const record = await getSweep(store, input.sweep);
  const { config } = record;
  const mine = await findUnits(store, input);
  const placed = mine.slice(0, input.limit);
  const page = placed.map(({ unit }) => unit);
  const end = placed.at(-1)?.place;
  const tauOf = await createTauLookup(store, record);
  const partnersOf = createPartnerLookup(store, record);
  return {
    units: await Promise.all(
      page.map(async (unit) => {
        const { method } = requireVariant(config, unit.variant);
        const partners =
          pairSource(method) === "other sample" ? { partners: await partnersOf(unit) } : {};
        return { unit, tau: tauOf(unit), ...partners };
      }),
    ),
    variants: [...new Set(page.map(({ variant }) => variant))].map((name) =>
      requireVariant(config, name),
    ),
    plan: readPlan(record),
    more: mine.length > page.length,
    ...(end === undefined ? {} : { end }),
  };
}

/** Units of all partitions that are read at once: a page of one of four partitions needs about two reads. */
const READ_SIZE = 1_000;

/** The partition's units after `after`, one more than a page holds if there are that many. */
async function findUnits(store: Store, input: ListUnitsInput): Promise<PlacedUnit[]> {
  const { sweep, role, partition, partitions, retryFailedBefore, limit } = input;
  const isRunnable = await createRunnableFilter(store, sweep, retryFailedBefore, role);
  const found: PlacedUnit[] = [];
  let after = input.after ?? null;
  const options = { role, includeFailed: retryFailedBefore !== null, limit: READ_SIZE };
  for (;;) {
    const read = await store.pagePendingUnits(sweep, { ...options, after });
    found.push(
      ...read.filter(
        ({ unit }) => partitionOf(unit.sampleKey, partitions) === partition && isRunnable(unit.key),
      ),
    );
    const last = read.at(-1);
    if (found.length > limit || last === undefined || read.length < READ_SIZE) return found;
    after = last.place;
  }
}

/** Partners per unit: enough that one has a usable pair, few enough that the control stays cheap. */
const PARTNERS = 5;

/**
 * Returns the samples that follow a unit's own in a circular order drawn from (seed, data set), so that each sample is
 * the first partner of exactly one other.
 */
function createPartnerLookup(
  store: Store,
  { name }: SweepRecord,
): (unit: PlannedUnit) => Promise<string[]> {
  const planned = new Map<string, Promise<string[]>>();
  return async ({ dataset, seed, sampleKey }) => {
    const keys = planned.get(dataset) ?? store.listPlannedSamples(name, dataset);
    planned.set(dataset, keys);
    const circle = shuffle(await keys, createRandom(`partners/${dataset}/${seed}`));
    const at = circle.indexOf(sampleKey);
    return [...circle.slice(at + 1), ...circle.slice(0, at)].slice(0, PARTNERS);
  };
}

async function createTauLookup(
  store: Store,
  { name, config }: SweepRecord,
): Promise<(unit: PlannedUnit) => number> {
  const thresholds = await store.listThresholds(name);
  return (unit) => {
    // No unit is flagged before the threshold is chosen.
    if (unit.role === "calibration") return 0;
    const { tau } = requireVariant(config, unit.variant);
    if (tau !== "auto") return tau;
    const chosen = thresholds.find(
      ({ variant, seed }) => variant === unit.variant && seed === unit.seed,
    );
    if (chosen) return chosen.tau;
    throw new WhetstoneError(`No threshold was chosen for ${unit.variant}, seed ${unit.seed}.`, {
      code: "THRESHOLD_MISSING",
      hint: `Run the calibration with: npx whetstone resume ${name}`,
    });
  };
}

function requireVariant(config: ResolvedConfig, name: string): VariantSpec {
  const variant = findVariant(config, name);
  if (variant) return variant;
  throw new WhetstoneError(
    `Sweep ${config.sweep} has units of variant ${name}, but its config does not.`,
    {
      code: "VARIANT_MISSING",
      hint: "Run the config again, or run it under a new sweep name.",
    },
  );
}
