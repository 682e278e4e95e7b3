import type { Store } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { unknownSweep, withStoreForReading } from "../context.js";

/**
 * Opens the store for a report on these names, each that of a sweep or of a config that was served. Throws
 * `SWEEP_NOT_FOUND`.
 */
export async function withReportedNames<Result>(
  context: CommandContext,
  names: readonly string[],
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  return withStoreForReading(context, async (store) => {
    for (const name of names) {
      const isKnown =
        store !== null &&
        ((await store.getSweep(name)) !== null || (await store.findServedVersion(name)) !== null);
      if (!isKnown) throw await unknownSweep(name, store);
    }
    if (store === null) throw new Error("a report has at least one name");
    return work(store);
  });
}
