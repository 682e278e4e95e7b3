import type { Sample } from "../../domain/samples/sample.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { SyntheticPair } from "../../domain/units/trace.js";
import { conversationText } from "../../domain/grounding/query-text.js";
import { COPY_RULE_VERSION } from "../../domain/grounding/ground-call.js";
import { nameEstimator } from "../../domain/grounding/name-estimator.js";
import { seedInference } from "../../domain/grounding/seed-inference.js";
import { lastRequest, requestText } from "../../domain/samples/request-text.js";
import { CHANNEL_PROMPT_HASH } from "../../prompts/channel.js";
import { REWRITE_PROMPT_HASH } from "../../prompts/rewrite.js";
import type {
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
} from "../../domain/config/variant.js";
import type { StepContext } from "./step-context.js";

/** Key of H's raw scores: they depend on neither estimator, tau nor seed. */
export function scoreKey(context: StepContext): string {
  return context.keyOf("score", {});
}

/** Key of the channel's share of the scores. */
export function channelKey(context: StepContext): string {
  const query = requestText(context.sample);
  return context.keyOf("channel", {
    prompt: CHANNEL_PROMPT_HASH,
    // Of a single turn the sample says it all.
    ...(query !== lastRequest(context.sample) && { query }),
  });
}

/** What a synthetic pair is made by, besides its parameters. */
export interface SynthesisOrigin {
  readonly synthesis: SynthesisSpec;
  /** Of the seed's own answer, which a grounded pair varies. */
  readonly inference: InferenceSpec;
  /** Chooses the tool of a grounded pair, where that is not the seed's own. */
  readonly estimator: EstimatorSpec;
  readonly teacher?: ServerSpec;
  /** Gold calls that are varied instead of the model's own (cheat). */
  readonly revealedCalls?: readonly ToolCall[];
  /** Pairs accepted before it, from which it must differ. */
  readonly siblings?: readonly SyntheticPair[];
}

/**
 * Key of synthetic draw `k`, and scope of its attempts. How many pairs are wanted in all is left out, so K = 2
 * begins as K = 1 does. With one draw per pair, `k` says what the siblings are; of several draws the best
 * became one, so they are in the key themselves.
 */
export function synthesisKey(context: StepContext, origin: SynthesisOrigin, k: number): string {
  const { synthesis, teacher } = origin;
  const { temperature, maxTokens, maxAttempts, decoding, checks } = synthesis;
  const { grounding, name, verify } = synthesis;
  // The shape of a constrained reply's calls is that of the final answer's.
  const calls = decoding === "constrained" ? origin.inference.calls : null;
  const seed = seedInference(origin.inference);
  const names = grounding === "free" ? null : nameEstimator(name, origin.estimator);
  const usesChannel = verify === "channel" || names?.kind === "channel";
  return context.keyOf("synthesize", {
    ...{ temperature, maxTokens, maxAttempts, decoding, calls, checks, verify },
    grounding: grounding === "free" ? null : { grounding, name, seed, version: GROUNDING_VERSION },
    ...(grounding !== "free" && { copyRule: copyRuleOf(context) }),
    // Left out where they have no say, so that variants which differ in nothing else share their pairs.
    ...(names && { names: { kind: names.kind, weight: names.weight } }),
    ...(usesChannel && { channel: CHANNEL_PROMPT_HASH }),
    teacher: teacher ? { model: teacher.model, baseUrl: teacher.baseUrl } : null,
    revealed: origin.revealedCalls ?? null,
    scored: synthesis.draws > 1,
    ...(synthesis.draws > 1 && { siblings: origin.siblings ?? [] }),
    // Of a single turn the sample says it all.
    ...(checks.differsFromSeed &&
      isConversation(context.sample) && { differsFrom: "conversation" }),
    ...{ k, seed: context.seedOf("synthesize", k) },
  });
}

function isConversation(sample: Sample): boolean {
  return conversationText(sample) !== lastRequest(sample);
}

/** The copy rule as it works on this sample. */
function copyRuleOf({ requirementsKnown }: StepContext): string {
  return requirementsKnown ? COPY_RULE_VERSION : `${COPY_RULE_VERSION} without requirements`;
}

/** Covers what turns a seed's answer into a pair, besides the copy rule: substitution's words and rules, and the rewrite prompt. */
const GROUNDING_VERSION = `substitution-1 ${REWRITE_PROMPT_HASH}`;

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
  from: {
    readonly trainingKey?: string;
    readonly forcedName?: string;
    readonly examples?: readonly SyntheticPair[];
  },
): string {
  return context.keyOf("answer", {
    inference,
    ...(inference.copy && { copyRule: copyRuleOf(context) }),
    // One greedy answer is the same whatever the seed.
    seed: inference.temperature === 0 && inference.answers === 1 ? null : context.seedOf("answer"),
    adapter: from.trainingKey ?? null,
    forcedName: from.forcedName ?? null,
    examples: from.examples ?? null,
  });
}
