import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { Settings } from "../infra/settings.js";
import { openStore, openStoreForReading } from "../store/open-store.js";
import type { Store, SweepRecord } from "../store/store.js";
import { findNearestName } from "../domain/errors/nearest-name.js";
import type { Terminal } from "./terminal/terminal.js";

/** Dependencies of every command. */
export interface CommandContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
}

/** Opens the store for writing, runs the work and closes the store. */
export async function withStore<Result>(
  context: CommandContext,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(context.settings.databaseUrl, context.terminal.note);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens an existing store for reading; null if there is none yet. */
export async function withStoreForReading<Result>(
  context: CommandContext,
  work: (store: Store | null) => Promise<Result>,
): Promise<Result> {
  const store = await openStoreForReading(context.settings.databaseUrl, context.terminal.note);
  try {
    return await work(store);
  } finally {
    await store?.close();
  }
}

/** Opens the store and the sweep in it. Throws SWEEP_NOT_FOUND. */
export async function withSweep<Result>(
  context: CommandContext,
  name: string,
  work: (store: Store, sweep: SweepRecord) => Promise<Result>,
): Promise<Result> {
  return withStoreForReading(context, async (store) => {
    const sweep = (await store?.getSweep(name)) ?? null;
    if (store === null || sweep === null) throw await unknownSweep(name, store);
    return work(store, sweep);
  });
}

/** The error for a sweep that the store does not have, with the names that it has. */
export async function unknownSweep(name: string, store: Store | null): Promise<WhetstoneError> {
  const names = store === null ? [] : (await store.listSweeps()).map((sweep) => sweep.name);
  const nearest = findNearestName(name, names);
  return new WhetstoneError(
    names.length === 0
      ? `There is no sweep "${name}": none has been run yet.`
      : `There is no sweep "${name}". Sweeps: ${names.join(", ")}.`,
    {
      code: "SWEEP_NOT_FOUND",
      hint:
        nearest !== null
          ? `use ${nearest}`
          : names.length === 0
            ? "npx whetstone run configs/quickstart.yaml"
            : "npx whetstone status",
    },
  );
}
