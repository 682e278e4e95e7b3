import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ServedModel } from "../../infra/dev-stack/engine-service.js";
import { startEngineAlone } from "../../infra/dev-stack/stack.js";
import type { FitEngine } from "../../planning/fit/measure-fit.js";
import type { CommandContext } from "../context.js";
import { findSweepOnOtherModel } from "./busy-engine.js";
import { reportStart } from "./start-report.js";

/**
 * The engine that a fit asks: the one that WHETSTONE_ENGINE_URL names, else the local one, started if it is not
 * running. Prints a line per row. Throws `FORMAT_FIT_ENGINE`, and what starting an engine throws.
 */
export async function openFitEngine(
  context: CommandContext,
  model: ServedModel,
): Promise<FitEngine> {
  const { settings, terminal } = context;
  if (settings.externalTemporal && !settings.externalEngine) {
    throw new WhetstoneError(
      "A fit asks an engine, and with TEMPORAL_ADDRESS the engines run elsewhere.",
      {
        code: "FORMAT_FIT_ENGINE",
        hint: "Set WHETSTONE_ENGINE_URL to one of them, or name a format: --set format=list.",
      },
    );
  }
  await startEngineAlone(settings, {
    model,
    findSweepOnOtherModel: () => findSweepOnOtherModel(context, model),
    ...reportStart(terminal),
  });
  return {
    url: settings.engineUrl,
    fingerprint: model.fingerprint,
    onRow: ({ prompt, format, readable, queries }) => {
      terminal.note(`fit: ${prompt}, ${format}: ${readable} of ${queries} answers readable`);
    },
  };
}
