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
  const includeFailed = retryFailedBefore !== null;
  const units = await store.listPendingUnits(sweep, {
    includeFailed,
    ...(role === undefined ? {} : { role }),
  });
  const isRunnable = await createRunnableFilter(store, sweep, retryFailedBefore, role);
  return units.filter(({ key }) => isRunnable(key));
}

/** Whether a unit without an answer is to be run: not if its `failed` row belongs to this very retry. */
export async function createRunnableFilter(
  store: Store,
  sweep: string,
  retryFailedBefore: string | null,
  role?: UnitRole,
): Promise<(unitKey: string) => boolean> {
  if (retryFailedBefore === null) return () => true;
  const filter = { failed: true, ...(role === undefined ? {} : { role }) };
  const failed = await store.listResults(sweep, filter);
  // Both times come from the Temporal server's clock.
  const done = new Set(
    failed.filter((row) => row.startedAt >= retryFailedBefore).map((row) => row.unitKey),
  );
  return (unitKey) => !done.has(unitKey);
}
