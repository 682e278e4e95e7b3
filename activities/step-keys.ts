import type { SyntheticPair } from "../domain/trace.js";
import type { InferenceSpec, SynthesisSpec, TrainingSpec } from "../domain/variant.js";
import type { StepContext } from "./step-context.js";

/** Key of H's raw scores: they depend on neither estimator, tau nor seed. */
export function scoreKey(context: StepContext): string {
  return context.keyOf("score", {});
}

/**
 * Key of synthetic pair `k`, and scope of its attempts. How many pairs are wanted in all is left out, so K = 2
 * begins as K = 1 does.
 */
export function synthesisKey(context: StepContext, synthesis: SynthesisSpec, k: number): string {
  const { temperature, maxTokens, maxAttempts, decoding, checks } = synthesis;
  return context.keyOf("synthesize", {
    ...{ temperature, maxTokens, maxAttempts, decoding, checks },
    ...{ k, seed: context.seedOf("synthesize", k) },
  });
}

/** Key of an adapter's weights: what it is trained on, how, and its seed. */
export function trainingKey(
  context: StepContext,
  pairs: readonly SyntheticPair[],
  training: TrainingSpec,
): string {
  return context.keyOf("train", { pairs, training, seed: context.seedOf("train") });
}

/** Key of an answer: of the base model, or of the adapter with that training key. */
export function answerKey(
  context: StepContext,
  inference: InferenceSpec,
  from: { readonly trainingKey?: string; readonly forcedName?: string },
): string {
  return context.keyOf("answer", {
    inference,
    seed: context.seedOf("answer"),
    adapter: from.trainingKey ?? null,
    forcedName: from.forcedName ?? null,
  });
}
