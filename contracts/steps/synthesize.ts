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
  /** Of the final answer: a grounded pair's seed is answered with its token limit. */
  readonly inference: InferenceSpec;
  /** Chose the tool of `seedCalls`, where that is not the seed's own answer's. */
  readonly estimator: EstimatorSpec;
  /** Who writes instead of the model under test (tt-d). */
  readonly teacher?: ServerSpec;
  /** The seed's own answer, which a grounded pair varies. */
  readonly seedCalls?: readonly ToolCall[];
  /** The gold calls, which are varied instead where a cheat may see them. */
  readonly revealedCalls?: readonly ToolCall[];
  /** Which draw, from 0: with one draw per pair, which of the K pairs. */
  readonly k: number;
  /** Pairs 0 to k-1, from which this one must differ. */
  readonly siblings: readonly SyntheticPair[];
}

/** Result of `synthesize`. */
export interface SynthesizeResult {
  readonly pair: SyntheticPair;
  /** All attempts at this pair; the last is "ok". */
  readonly attempts: readonly SynthesisAttempt[];
  /** Mean log-likelihood per token of the pair's answer to its query, nats; where several are drawn. */
  readonly ownScore?: number;
  readonly timing: StepTiming;
}
