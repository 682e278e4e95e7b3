import type { ResolvedConfig } from "../../domain/config/config.js";
import type { EngineDtype } from "../../domain/config/engine-dtype.js";
import { dtypeDiffers } from "../../domain/errors/dtype-differs.js";
import { readDtype, recordDtype } from "../../domain/identity/recorded-dtype.js";
import { readEngineDtype } from "../../infra/dev-stack/engine-service.js";
import type { Settings } from "../../infra/settings.js";
import type { Store } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading } from "../context.js";

/**
 * The type of numbers that a sweep's engine must compute in: the config's, else the one recorded with the stored sweep.
 * Undefined: any, or not known yet.
 */
export async function findWantedDtype(
  context: CommandContext,
  { sweep, dtype }: Pick<ResolvedConfig, "sweep" | "dtype">,
): Promise<EngineDtype | undefined> {
  if (dtype !== undefined) return dtype === "any" ? undefined : dtype;
  const stored = await withStoreForReading(context, async (store) => store?.getSweep(sweep));
  return (stored && readDtype(stored)) ?? undefined;
}

/**
 * Records what the engine computes in with a sweep that has no results yet, or compares it with what is recorded.
 * Sweeps whose results were stored before types were recorded stay as they are. Throws ENGINE_DTYPE_DIFFERS.
 */
export async function agreeOnDtype(store: Store, settings: Settings, name: string): Promise<void> {
  const sweep = await store.getSweep(name);
  if (sweep === null) return;
  const { config } = sweep;
  const named = config.dtype;
  if (named === "any") return;
  // With a remote Temporal server the engines are elsewhere, unless one is named.
  const isElsewhere = settings.externalTemporal && !settings.externalEngine;
  const actual = isElsewhere ? null : await readEngineDtype(settings.engineUrl);
  const recorded = readDtype(sweep);
  const expected = recorded ?? named ?? null;
  if (expected !== null && actual !== null && actual !== expected) {
    throw dtypeDiffers(settings.engineUrl, expected, actual);
  }
  const dtype = actual ?? expected;
  if (recorded !== null || dtype === null || (await hasResults(store, name))) return;
  const { configText, configHash } = sweep;
  await store.updateSweepConfig(name, config, configText, configHash, recordDtype(sweep, dtype));
}

async function hasResults(store: Store, name: string): Promise<boolean> {
  const { scored, unparsable, failed } = await store.countResults(name);
  return scored + unparsable + failed > 0;
}
