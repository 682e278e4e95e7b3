import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { StepTiming, SynthesisAttempt, SyntheticPair } from "../../domain/units/trace.js";
import type {
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
} from "../../domain/config/variant.js";
import type { StepInput } from "../step-input.js";

/** Input of `synthesize`. */
export interface SynthesizeInput extends StepInput {
  readonly synthesis: SynthesisSpec;
  /** Inference settings of the final answer; a grounded pair's seed is answered with the same token limit. */
  readonly inference: InferenceSpec;
  /** The estimator that chose the tool of `seedCalls`, unless the tool is that of the seed's own answer. */
  readonly estimator: EstimatorSpec;
  /** The server that generates instead of the model under test (tt-d). */
  readonly teacher?: ServerSpec;
  /** The model's answer to the seed, which a grounded pair varies. */
  readonly seedCalls?: readonly ToolCall[];
  /** Gold calls to vary instead, if a cheating method may see them. */
  readonly revealedCalls?: readonly ToolCall[];
  /** Index of the draw, from 0; with one draw per pair, the index of the pair. */
  readonly k: number;
  /** Pairs 0 to k-1, from which this one must differ. */
  readonly siblings: readonly SyntheticPair[];
}

/** Result of `synthesize`. */
export interface SynthesizeResult {
  readonly pair: SyntheticPair;
  /** All attempts at this pair; the last is "ok". */
  readonly attempts: readonly SynthesisAttempt[];
  /** Mean log-likelihood per token of the pair's answer to its query, nats; only if there are several draws. */
  readonly ownScore?: number;
  readonly timing: StepTiming;
}
