import type { PlannedUnit, UnitRole } from "../../domain/units/unit.js";
import type { Store } from "../../store/store.js";

/**
 * Lists units without a row in plan order. With `retryFailedBefore`, also lists units whose `failed` row belongs to a
 * run that started before that time, so that one retry runs each of them once.
 */
export async function listRunnable(
  store: Store,
  sweep: string,
  retryFailedBefore: string | null,
  role?: UnitRole,
): Promise<PlannedUnit[]> {
  const options = role === undefined ? {} : { role };
  if (retryFailedBefore === null) return store.listPendingUnits(sweep, options);
  const units = await store.listPendingUnits(sweep, { ...options, includeFailed: true });
  const failed = await store.listResults(sweep, { ...options, failed: true });
  // Both times come from the Temporal server's clock.
  const done = new Set(
    failed.filter((row) => row.startedAt >= retryFailedBefore).map((row) => row.unitKey),
  );
  return units.filter(({ key }) => !done.has(key));
}
