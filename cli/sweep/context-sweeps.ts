import type { Store, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";

/** Opens the store and several sweeps in it, in the given order. Throws SWEEP_NOT_FOUND. */
export async function withSweeps<Result>(
  context: CommandContext,
  names: readonly string[],
  work: (store: Store, sweeps: readonly SweepRecord[]) => Promise<Result>,
): Promise<Result> {
  const [first = "", ...others] = names;
  if (others.length === 0) {
    return withSweep(context, first, (store, sweep) => work(store, [sweep]));
  }
  return withSweep(context, first, (_, sweep) =>
    withSweeps(context, others, (store, sweeps) => work(store, [sweep, ...sweeps])),
  );
}
