import type { Sample } from "../../domain/samples/sample.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { SyntheticPair } from "../../domain/units/trace.js";
import { conversationText } from "../../domain/grounding/query-text.js";
import { sampleContentHash } from "../../domain/identity/sample-hash.js";
import { dtypeForKey } from "../../domain/identity/recorded-dtype.js";
import { stepKey } from "../../domain/identity/step-key.js";
import { schemaRulesOf } from "../../domain/schemas/schema-rules.js";
import type { SweepPlan } from "../../contracts/sweep-plan.js";
import { pickForKey } from "../../domain/config/field.js";
import {
  ESTIMATOR_FIELDS,
  INFERENCE_FIELDS,
  SYNTHESIS_FIELDS,
  TEACHER_FIELDS,
  TRAINING_FIELDS,
} from "../../domain/config/step-fields.js";
import { describeEstimator } from "../../domain/uncertainty/registry.js";
import { getPromptStyle } from "../../prompts/index.js";
import { PARSER_VERSION } from "../../domain/formats/parse-answer.js";
import { COPY_RULE_VERSION } from "../../domain/grounding/ground-call.js";
import { nameEstimator } from "../../domain/grounding/name-estimator.js";
import { seedInference } from "../../domain/grounding/seed-inference.js";
import { lastRequest, requestText } from "../../domain/samples/request-text.js";
import type { NameClosing } from "../../domain/uncertainty/name-closing.js";
import { UNRECORDED_NAME_CLOSING } from "../../domain/uncertainty/name-closing.js";
import { CHANNEL_PROMPT_HASH } from "../../prompts/channel.js";
import { REWRITE_PROMPT_HASH } from "../../prompts/rewrite.js";
import type {
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
} from "../../domain/config/variant.js";
import { describeForcing } from "./forced-name.js";
import type { StepContext } from "./step-context.js";

/** Key of H's raw scores, which do not depend on estimator, tau or seed. */
export function scoreKey(context: StepContext): string {
  return context.keyOf("score", nameClosingOf(context));
}

/** Omitted for the closing that stored scores without this field used. */
function nameClosingOf({ nameClosing }: StepContext): { readonly nameClosing?: NameClosing } {
  return nameClosing === UNRECORDED_NAME_CLOSING ? {} : { nameClosing };
}

/** Key of the noisy-channel term of the scores. */
export function channelKey(context: StepContext): string {
  const query = requestText(context.sample);
  return context.keyOf("channel", {
    prompt: CHANNEL_PROMPT_HASH,
    // A single-turn sample is already identified by its hash.
    ...(query !== lastRequest(context.sample) && { query }),
  });
}

/** Key of the tokens of a text as the base model's answer. */
export function tokensKey(context: StepContext, text: string): string {
  return context.keyOf("tokens", { text });
}

/** Inputs of a synthetic pair besides its parameters. */
export interface SynthesisOrigin {
  readonly synthesis: SynthesisSpec;
  /** Inference settings of the seed's answer, which a grounded pair varies. */
  readonly inference: InferenceSpec;
  /** Estimator that chooses the tool of a grounded pair, if it is not the seed's own. */
  readonly estimator: EstimatorSpec;
  readonly teacher?: ServerSpec;
  /** Gold calls to vary instead of the model's own (cheat). */
  readonly revealedCalls?: readonly ToolCall[];
  /** Previously accepted pairs, from which it must differ. */
  readonly siblings?: readonly SyntheticPair[];
}

/**
 * Key of synthetic draw `k`, and scope of its attempts. It excludes the total number of pairs, so that K = 2 reuses the
 * pair of K = 1. With one draw per pair, `k` determines the siblings; with several, the siblings depend on which draws
 * were best, so the key includes them.
 */
export function synthesisKey(context: StepContext, origin: SynthesisOrigin, k: number): string {
  const { synthesis, teacher, estimator, inference } = origin;
  const { grounding, name, verify, decoding, checks, draws } = synthesis;
  const isGrounded = grounding !== "free";
  const names = isGrounded ? nameEstimator(name, estimator) : null;
  const usesChannel =
    verify === "channel" || (names !== null && describeEstimator(names.kind).readsQueries === true);
  return context.keyOf("synthesize", {
    ...pickForKey(synthesis, SYNTHESIS_FIELDS, "synthesize"),
    // The calls of a constrained reply have the shape of the final answer's.
    ...(decoding === "constrained"
      ? pickForKey(inference, INFERENCE_FIELDS, "synthesize", "constrained")
      : { calls: null }),
    grounding: isGrounded ? groundingOf(synthesis, inference) : null,
    parser: PARSER_VERSION,
    ...pairsPromptOf(context),
    ...(isGrounded && { copyRule: copyRuleOf(context) }),
    // Omitted if they have no effect, so that variants that differ in nothing else share their pairs.
    ...(names && { names: pickForKey(names, ESTIMATOR_FIELDS, "synthesize", "named") }),
    ...(usesChannel && { channel: CHANNEL_PROMPT_HASH }),
    ...((names !== null || verify !== "none") && nameClosingOf(context)),
    teacher: teacher ? pickForKey(teacher, TEACHER_FIELDS, "synthesize") : null,
    revealed: origin.revealedCalls ?? null,
    scored: draws > 1,
    ...(draws > 1 && { siblings: origin.siblings ?? [] }),
    // A single-turn sample is already identified by its hash.
    ...(checks.differsFromSeed &&
      isConversation(context.sample) && { differsFrom: "conversation" }),
    ...{ k, seed: context.seedOf("synthesize", k) },
  });
}

/** What a grounded pair starts from, and the rules that vary it. */
function groundingOf(synthesis: SynthesisSpec, inference: InferenceSpec): object {
  return {
    ...pickForKey(synthesis, SYNTHESIS_FIELDS, "synthesize", "grounded"),
    seed: seedInference(pickForKey(inference, INFERENCE_FIELDS, "synthesize", "grounded")),
    version: GROUNDING_VERSION,
  };
}

function isConversation(sample: Sample): boolean {
  return conversationText(sample) !== lastRequest(sample);
}

/** How pairs are asked for and shown; left out if the prompt's own hash covers that. */
function pairsPromptOf({ style: { pairsHash } }: StepContext): { readonly pairsPrompt?: string } {
  return pairsHash === undefined ? {} : { pairsPrompt: pairsHash };
}

/** Version of the copy rule for this sample. */
function copyRuleOf({ requirementsKnown }: StepContext): string {
  return requirementsKnown ? COPY_RULE_VERSION : `${COPY_RULE_VERSION} without requirements`;
}

/** Version of grounded synthesis besides the copy rule: substitution's words and rules, and the rewrite prompt. */
const GROUNDING_VERSION = `substitution-1 ${REWRITE_PROMPT_HASH}`;

/** Key of an adapter's weights: its pairs, training settings and seed. */
export function trainingKey(
  context: StepContext,
  trained: TrainingSet,
  training: TrainingSpec,
): string {
  return context.keyOf("train", {
    ...describeSet(context, trained),
    training: pickForKey(training, TRAINING_FIELDS, "train"),
    seed: context.seedOf("train"),
  });
}

/** Key of a held-back pair's loss after training on others. */
export function heldBackKey(
  context: StepContext,
  trained: TrainingSet,
  training: TrainingSpec,
  heldBack: SyntheticPair,
): string {
  return context.keyOf("held-back", {
    ...describeSet(context, trained),
    ...{ training: pickForKey(training, TRAINING_FIELDS, "held-back"), heldBack },
    seed: context.seedOf("train"),
  });
}

/** Pairs, each with the sample whose tools it uses: the unit's own, or the one that the pair comes from. */
export interface TrainingSet {
  readonly pairs: readonly SyntheticPair[];
  readonly samples: readonly Sample[];
}

function describeSet(context: StepContext, { pairs, samples }: TrainingSet): object {
  // The same rules read another sample's tools, so their version counts too if those tools are not plain.
  const schemas = schemaRulesOf([context.sample, ...samples].flatMap(({ tools }) => tools));
  return { pairs, ...pairsPromptOf(context), ...(schemas === null ? {} : { schemas }) };
}

/** Training data and settings of a sweep's adapter. */
export interface FineTuneOrigin {
  readonly plan: Pick<SweepPlan, "modelFingerprint" | "prompt" | "format" | "dtype">;
  /** The records' samples with their tools as shown, and the calls to learn, in the same order. */
  readonly samples: readonly Sample[];
  readonly calls: readonly (readonly ToolCall[])[];
  readonly training: TrainingSpec;
  readonly seed: number;
}

/** Key of the weights of a sweep's adapter. */
export function fineTuneKey({ plan, samples, calls, training, seed }: FineTuneOrigin): string {
  const schemas = schemaRulesOf(samples.flatMap(({ tools }) => tools));
  return stepKey("fine-tune", {
    modelFingerprint: plan.modelFingerprint,
    promptHash: getPromptStyle(plan.prompt, plan.format).hash,
    ...dtypeForKey(plan.dtype),
    ...(schemas === null ? {} : { schemas }),
    training: pickForKey(training, TRAINING_FIELDS, "fine-tune"),
    ...{ seed, contents: samples.map(sampleContentHash), calls },
  });
}

/** Key of an answer by the base model, or by the adapter with this training key. */
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
    inference: pickForKey(inference, INFERENCE_FIELDS, "answer"),
    ...(inference.copy && { copyRule: copyRuleOf(context), parser: PARSER_VERSION }),
    // A single greedy answer does not depend on the seed.
    seed: inference.temperature === 0 && inference.answers === 1 ? null : context.seedOf("answer"),
    adapter: from.trainingKey ?? null,
    forcedName: from.forcedName ?? null,
    ...(from.forcedName === undefined ? {} : describeForcing(inference, context.nameClosing)),
    examples: from.examples ?? null,
    ...(from.examples !== undefined && pairsPromptOf(context)),
  });
}
