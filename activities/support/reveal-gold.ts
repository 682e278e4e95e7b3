import type { ResolvedConfig } from "../../domain/config/config.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isCheat } from "../../domain/methods/methods.js";
import type { Gold } from "../../domain/samples/sample.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { VariantSpec } from "../../domain/config/variant.js";

/** Throws `GOLD_FORBIDDEN` unless the method cheats by design and the sweep allows it. */
export function requireGoldAllowed(
  config: Pick<ResolvedConfig, "allowGold">,
  variant: VariantSpec,
): void {
  if (config.allowGold && isCheat(variant.method)) return;
  throw new WhetstoneError(`Variant ${variant.name} may not see gold.`, {
    code: "GOLD_FORBIDDEN",
    hint: "Cheating methods run only in sweeps whose config sets allowGold: true.",
  });
}

/** The gold calls as a model would write them, without the fields that only the scorer needs. */
export function plainCalls(gold: Gold): ToolCall[] {
  return gold.calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
}
