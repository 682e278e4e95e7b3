import type { InferenceSpec } from "../config/variant.js";

/** Inference settings for the answer that grounded synthesis starts from: greedy, constrained, with the copy rule. */
export function seedInference({
  maxTokens,
  calls,
}: Pick<InferenceSpec, "maxTokens" | "calls">): InferenceSpec {
  return { temperature: 0, maxTokens, answers: 1, decoding: "constrained", calls, copy: true };
}
