import type { PendingOptions } from "../../store/store.js";

/**
 * Which units are to be run: those without a row; in a retry (`retryFailedBefore`) also those whose `failed` row belongs
 * to a run that started before that time, so that one retry runs each of them once. Both times come from the Temporal
 * server's clock.
 */
export function runnable(retryFailedBefore: string | null): PendingOptions {
  return retryFailedBefore === null ? {} : { includeFailed: true, failedBefore: retryFailedBefore };
}
