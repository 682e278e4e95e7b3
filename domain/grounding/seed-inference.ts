import type { InferenceSpec } from "../config/variant.js";

/** How the answer that a grounded synthesis starts from is drawn: greedily, in an answer's shape, with the copy rule. */
export function seedInference({
  maxTokens,
  calls,
}: Pick<InferenceSpec, "maxTokens" | "calls">): InferenceSpec {
  return { temperature: 0, maxTokens, answers: 1, decoding: "constrained", calls, copy: true };
}
