import type { ToolCall } from "../samples/tool-call.js";

/** Where a step ran and what it cost. */
export interface StepTiming {
  readonly step:
    | "scoreUncertainty"
    | "gatherExamples"
    | "groundAnswer"
    | "synthesize"
    | "measureHeldBack"
    | "trainAdapter"
    | "infer"
    | "resetAdapter";
  /** From scheduling to start, milliseconds. */
  readonly queueMs: number;
  /**
   * From start to completion of the successful attempt, milliseconds; of "synthesize" over all draws of a pair, failed
   * ones too; 0 where the value was reused.
   */
  readonly computeMs: number;
  /** Identity of the worker that ran it. */
  readonly worker: string;
  /** Temporal's attempt number of the successful attempt. */
  readonly attempt: number;
  /** Unit key that first computed this value, where it was reused instead of computed. */
  readonly reusedFrom?: string;
}

/** One candidate tool's name, scored (H). */
export interface CandidateScore {
  readonly name: string;
  /** Sum of the name's token log-probabilities, closing quote included, nats. */
  readonly logLikelihood: number;
  readonly tokenCount: number;
  /** Log-likelihood of the whole query after the tool's signature, nats (`channel` only). */
  readonly queryLogLikelihood?: number;
  /** Relative softmax score (Eq. 4), of the sum with the query's share for `channel`. */
  readonly probability: number;
}

/** Result of H for one sample. */
export interface UncertaintyTrace {
  readonly estimator: string;
  /** In the sample's candidate order. */
  readonly candidates: readonly CandidateScore[];
  readonly margin: number;
  readonly tau: number;
  readonly uncertain: boolean;
}

/** A synthetic example (G): a new query and the model's own answer to it. */
export interface SyntheticPair {
  readonly instruction: string;
  readonly input: string;
  readonly output: readonly ToolCall[];
  /** The sample it was made for, where that is not the unit's own: its tools go with the pair. */
  readonly from?: { readonly dataset: string; readonly sampleKey: string };
}

/** What the copy rule did to an answer. */
export interface GroundingTrace {
  /** The answer's calls before, and after. */
  readonly seedCalls: readonly ToolCall[];
  readonly calls: readonly ToolCall[];
  /** Names of arguments dropped, and of those decoded again as spans of the query. */
  readonly dropped: readonly string[];
  readonly copied: readonly string[];
}

/** What G cost at a server that counts. */
export interface UsageTrace {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent where the price is not known. */
  readonly costUsd?: number;
}

/** One synthesis attempt. */
export interface SynthesisAttempt {
  /** Which of the K pairs, from 0. */
  readonly k: number;
  /** From 1. */
  readonly attempt: number;
  readonly seed: number;
  /** "ok", or a reason such as "not-json", "cut-off" (at `synthesis.maxTokens`), "unknown-tool", "not-grounded". */
  readonly reason: string;
  /** First characters of the reply. */
  readonly excerpt: string;
  /** What a teacher's reply cost, usable or not. */
  readonly usage?: UsageTrace;
  /** Identity of the worker that drew it; absent in results of earlier versions, as is the time. */
  readonly worker?: string;
  /** From the start of the draw to its verdict, milliseconds. */
  readonly computeMs?: number;
}

/** Result of G for one sample. */
export interface SynthesisTrace {
  readonly status: "ok" | "exhausted";
  readonly pairs: readonly SyntheticPair[];
  readonly attempts: readonly SynthesisAttempt[];
  /** Of a teacher (tt-d), over all attempts. */
  readonly usage?: UsageTrace;
}

/** Result of T. */
export interface TrainingTrace {
  readonly adapterId: string;
  readonly seed: number;
  /** Mean target-token loss per step, nats. */
  readonly losses: readonly number[];
  readonly trainMs: number;
  readonly weightHash: string;
  /** How often training had to be repeated because its home had died. */
  readonly retrained: number;
}

/** Result of I. */
export interface AnswerTrace {
  readonly from: "base" | "adapter";
  readonly texts: readonly string[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The name that was forced, for argmax-name. */
  readonly forcedName?: string;
  /** Of the first answer, where the copy rule was applied. */
  readonly grounding?: GroundingTrace;
  /** Version of the engine that answered. */
  readonly engineVersion?: string;
}

/** Everything that happened to one unit, as stored and shown. */
export interface UnitTrace {
  readonly uncertainty?: UncertaintyTrace;
  /** The model's own answer to the seed, grounded: what a grounded synthesis starts from. */
  readonly grounding?: GroundingTrace;
  /** Pairs that were shown or trained on without being synthesized (icl, cheats). */
  readonly demonstrations?: readonly SyntheticPair[];
  readonly synthesis?: SynthesisTrace;
  /** Adaptive K: mean loss per token of the pair held back, nats, after 0, 1, 2, ... of the others. */
  readonly heldBackLosses?: readonly number[];
  readonly training?: TrainingTrace;
  readonly answer?: AnswerTrace;
  readonly timings: readonly StepTiming[];
}
