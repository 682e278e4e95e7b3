import { describeEstimator } from "../domain/uncertainty/registry.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import { COPY_RULE_VERSION } from "../domain/grounding/ground-call.js";
import {
  NAME_FORCING_VERSION,
  UNRECORDED_NAME_CLOSING,
  opensForcedNames,
} from "../domain/uncertainty/name-closing.js";
import { describeMethod } from "../domain/methods/registry.js";
import type { VariantSpec } from "../domain/config/variant.js";
import { CHANNEL_PROMPT_HASH } from "../prompts/channel.js";
import { REWRITE_PROMPT_HASH } from "../prompts/rewrite.js";

/**
 * Versions or hashes of prompts and rules that a config's results depend on, besides the prompt
 * style.
 */
export function listRules({
  variants,
  nameClosing = UNRECORDED_NAME_CLOSING,
}: Pick<ResolvedConfig, "variants" | "nameClosing">): Record<string, string> {
  return {
    ...(variants.some(usesChannel) && { channelPrompt: CHANNEL_PROMPT_HASH }),
    ...(variants.some(usesCopyRule) && { copyRule: COPY_RULE_VERSION }),
    ...(variants.some(({ synthesis }) => synthesis.grounding === "rewrite") && {
      rewritePrompt: REWRITE_PROMPT_HASH,
    }),
    ...(opensForcedNames(nameClosing) &&
      variants.some(forcesFreeNames) && { nameForcing: NAME_FORCING_VERSION }),
  };
}

function usesChannel({ estimator, synthesis }: VariantSpec): boolean {
  return (
    describeEstimator(estimator.kind).readsQueries === true ||
    synthesis.name === "channel" ||
    synthesis.verify === "channel"
  );
}

function usesCopyRule({ synthesis, inference }: VariantSpec): boolean {
  return inference.copy || synthesis.grounding !== "free";
}

function forcesFreeNames({ method, inference }: VariantSpec): boolean {
  return describeMethod(method).scores === "best" && inference.decoding === "free";
}
