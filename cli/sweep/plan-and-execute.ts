import type { LoadedConfig } from "../../planning/load-config.js";
import type { PlanSummary } from "../../planning/plan-summary.js";
import { findMissingKeys, refuseMissingKeys } from "../../planning/missing-keys.js";
import { planSweep, previewSweep } from "../../planning/plan-sweep.js";
import { prepareSweep } from "../../planning/prepare-sweep.js";
import type { CommandContext } from "../context.js";
import { withStore } from "../context.js";
import { settleBy } from "./settle-format.js";
import { executeSweep } from "./execute-sweep.js";
import { createLocalStack } from "./local-stack.js";

/** The config to plan and how to run it. */
export interface PlanAndExecuteOptions {
  /** A loaded file, or a stored sweep's config and text with `path: null`. */
  readonly loaded: Omit<LoadedConfig, "path"> & { readonly path: string | null };
  readonly overrides: readonly string[];
  readonly retryFailed: boolean;
  readonly detach: boolean;
}

/**
 * Plans a sweep into the store and runs its remaining units. Checks config, model and data before it writes or starts
 * anything. Returns the exit code.
 */
export async function planAndExecute(
  context: CommandContext,
  options: PlanAndExecuteOptions,
): Promise<number> {
  const { loaded, overrides, retryFailed, detach } = options;
  const settleFormat = settleBy(context);
  const prepared = await prepareSweep({ loaded, overrides, settleFormat });
  const stack = createLocalStack(context, prepared.model, prepared.config);
  const preview = await previewSweep(context.settings.databaseUrl, prepared, context.terminal.note);
  const isComplete = preview.pending - (retryFailed ? 0 : preview.failed) === 0;
  if (!isComplete) {
    // Remote workers have their own environment; for them, the plan only warns.
    if (!context.settings.externalTemporal) refuseMissingKeys(findMissingKeys(prepared.config));
    await stack.check();
  }
  return withStore(context, async (store) => {
    const summary = await planSweep(store, prepared);
    sayPlan(context, summary);
    return executeSweep(context, store, stack, { config: prepared.config, retryFailed, detach });
  });
}

function sayPlan(context: CommandContext, summary: PlanSummary): void {
  const { terminal } = context;
  for (const warning of summary.warnings) terminal.note(`warning: ${warning}`);
  const done = summary.done === 0 ? "" : `, ${summary.done} of them done`;
  terminal.note(
    `sweep ${summary.sweep}: ${summary.total} ${summary.total === 1 ? "unit" : "units"}${done}`,
  );
  for (const line of summary.added) terminal.note(`  new: ${line}`);
}
