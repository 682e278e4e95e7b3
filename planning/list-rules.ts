import { describeEstimator } from "../domain/uncertainty/registry.js";
import { ANSWER_EVIDENCE_VERSION } from "../domain/uncertainty/answer-evidence.js";
import { readsAnswers } from "../domain/uncertainty/evidence-needs.js";
import { gateEstimator } from "../domain/methods/gate-estimator.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import { pairSource } from "../domain/methods/methods.js";
import { AUTO_FORMAT } from "../domain/formats/format-fit.js";
import { PARSER_VERSION } from "../domain/formats/parse-answer.js";
import { COPY_RULE_VERSION } from "../domain/grounding/ground-call.js";
import {
  NAME_FORCING_VERSION,
  UNRECORDED_NAME_CLOSING,
  opensForcedNames,
} from "../domain/uncertainty/name-closing.js";
import { describeMethod } from "../domain/methods/registry.js";
import type { VariantSpec } from "../domain/config/variant.js";
import { CHANNEL_PROMPT_HASH } from "../prompts/channel.js";
import { getPromptStyle } from "../prompts/index.js";
import { REWRITE_PROMPT_HASH } from "../prompts/rewrite.js";

/**
 * Versions or hashes of prompts and rules that a config's results depend on, besides the prompt
 * style.
 */
export function listRules({
  variants,
  prompt,
  format,
  nameClosing = UNRECORDED_NAME_CLOSING,
}: Pick<ResolvedConfig, "variants" | "prompt" | "format" | "nameClosing">): Record<string, string> {
  // An open format has no texts yet; the plan that a run stores has a settled one.
  const pairsHash = format === AUTO_FORMAT ? undefined : getPromptStyle(prompt, format).pairsHash;
  return {
    ...(variants.some(usesChannel) && { channelPrompt: CHANNEL_PROMPT_HASH }),
    ...(variants.some(usesAnswers) && { answerEvidence: ANSWER_EVIDENCE_VERSION }),
    ...(variants.some(usesCopyRule) && { copyRule: COPY_RULE_VERSION }),
    ...(variants.some(storesReadAnswers) && { parser: PARSER_VERSION }),
    ...(pairsHash !== undefined && variants.some(usesPairs) && { pairsPrompt: pairsHash }),
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

/** Whether pairs are read out of replies, or answers are rewritten or judged by what was read in them. */
function storesReadAnswers(variant: VariantSpec): boolean {
  return usesCopyRule(variant) || usesPairs(variant) || usesAnswers(variant);
}

function usesPairs({ method }: VariantSpec): boolean {
  const pairs = pairSource(method);
  return pairs !== undefined && pairs !== "gold";
}

function usesAnswers(variant: VariantSpec): boolean {
  return readsAnswers(gateEstimator(variant));
}

function usesCopyRule({ synthesis, inference }: VariantSpec): boolean {
  return inference.copy || synthesis.grounding !== "free";
}

function forcesFreeNames({ method, inference }: VariantSpec): boolean {
  return describeMethod(method).scores === "best" && inference.decoding === "free";
}
