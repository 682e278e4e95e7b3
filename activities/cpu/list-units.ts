import { findVariant } from "../../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { pairSource } from "../../domain/methods/methods.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { Store, SweepRecord } from "../../store/store.js";
import { createPartnerLookup } from "../support/partner-circles.js";
import { readPlan } from "../support/read-plan.js";
import { runnable } from "../support/runnable-units.js";
import { getSweep } from "../support/sweep-record.js";
import type { ListUnitsInput, ListUnitsResult } from "../../contracts/steps/list-units.js";

/** The first pending units of one partition. Throws `SWEEP_NOT_FOUND`, `THRESHOLD_MISSING`. */
export async function listUnits(store: Store, input: ListUnitsInput): Promise<ListUnitsResult> {
  const { sweep, role, partition, partitions, retryFailedBefore, limit, after = null } = input;
  const record = await getSweep(store, sweep);
  const { config } = record;
  const found = await store.pagePendingUnits(sweep, {
    ...runnable(retryFailedBefore),
    ...{ role, partition: { index: partition, of: partitions }, after },
    // One more than the page holds tells whether there is another page.
    limit: limit + 1,
  });
  const placed = found.slice(0, limit);
  const page = placed.map(({ unit }) => unit);
  const end = placed.at(-1)?.place;
  const tauOf = await createTauLookup(store, record);
  const variants = [...new Set(page.map(({ variant }) => variant))].map((name) =>
    requireVariant(config, name),
  );
  const borrowing = new Set(
    variants.flatMap(({ name, method }) => (pairSource(method) === "other sample" ? [name] : [])),
  );
  const partnersOf = borrowing.size === 0 ? null : await createPartnerLookup(store, record);
  return {
    units: await Promise.all(
      page.map(async (unit) => ({
        ...{ unit, tau: tauOf(unit) },
        ...(partnersOf !== null &&
          borrowing.has(unit.variant) && { partners: await partnersOf(unit) }),
      })),
    ),
    variants,
    plan: readPlan(record),
    more: found.length > page.length,
    ...(end === undefined ? {} : { end }),
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
