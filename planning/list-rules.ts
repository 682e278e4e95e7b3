import { describeEstimator } from "../domain/uncertainty/registry.js";
import { ANSWER_EVIDENCE_VERSION } from "../domain/uncertainty/answer-evidence.js";
import { readsAnswers } from "../domain/uncertainty/evidence-needs.js";
import { gateEstimator } from "../domain/methods/gate-estimator.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import { COPY_RULE_VERSION } from "../domain/grounding/ground-call.js";
import type { VariantSpec } from "../domain/config/variant.js";
import { CHANNEL_PROMPT_HASH } from "../prompts/channel.js";
import { REWRITE_PROMPT_HASH } from "../prompts/rewrite.js";

/**
 * Versions or hashes of prompts and rules that a config's results depend on, besides the prompt
 * style.
 */
export function listRules({ variants }: Pick<ResolvedConfig, "variants">): Record<string, string> {
  return {
    ...(variants.some(usesChannel) && { channelPrompt: CHANNEL_PROMPT_HASH }),
    ...(variants.some(usesAnswers) && { answerEvidence: ANSWER_EVIDENCE_VERSION }),
    ...(variants.some(usesCopyRule) && { copyRule: COPY_RULE_VERSION }),
    ...(variants.some(({ synthesis }) => synthesis.grounding === "rewrite") && {
      rewritePrompt: REWRITE_PROMPT_HASH,
    }),
  };
}

function usesChannel({ estimator, synthesis }: VariantSpec): boolean {
  return (
    describeEstimator(estimator.kind).readsQueries === true ||
    synthesis.name === "channel" ||
    synthesis.verify === "channel"
  );
}

function usesAnswers(variant: VariantSpec): boolean {
  return readsAnswers(gateEstimator(variant));
}

function usesCopyRule({ synthesis, inference }: VariantSpec): boolean {
  return inference.copy || synthesis.grounding !== "free";
}
