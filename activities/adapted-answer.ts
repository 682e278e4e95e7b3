import type { AnswerTrace, SyntheticPair, TrainingTrace } from "../domain/trace.js";
import type { InferenceSpec, TrainingSpec } from "../domain/variant.js";
import type { StepContext } from "./step-context.js";

/** An answer as it is stored for every unit that would compute the same. */
export interface StoredAnswer {
  readonly answer: AnswerTrace;
  /** Of the adapter that answered; null for the base model. */
  readonly training: TrainingTrace | null;
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
