import type { FormatFit } from "../../domain/formats/format-fit.js";
import type { SettleFormat } from "../../planning/fit/settle-format.js";
import { fitFormat, readStoredFit } from "../../planning/fit/settle-format.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading } from "../context.js";
import { openFitEngine } from "./fit-engine.js";

/** Settles `format: auto` as the stored sweep of this name did, or leaves it open. */
export function settleFromStore(context: CommandContext): SettleFormat {
  return ({ sweep }) => readFit(context, sweep);
}

/** Settles `format: auto` as the stored sweep of this name did, else by a fit, for which the engine is started. */
export function settleBy(context: CommandContext): SettleFormat {
  return async (request) => {
    const stored = await readFit(context, request.sweep);
    if (stored !== null) return stored;
    const engine = await openFitEngine(context, request.model);
    const { samples } = request;
    context.terminal.note(
      `format: auto; asking the model for ${samples.length} records that are not reported on`,
    );
    const fit = await fitFormat(request, engine);
    context.terminal.note(`format ${fit.format} chosen`);
    return fit;
  };
}

function readFit(context: CommandContext, sweep: string): Promise<FormatFit | null> {
  return withStoreForReading(context, async (store) =>
    readStoredFit((await store?.getSweep(sweep)) ?? null),
  );
}
