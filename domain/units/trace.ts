import type { AnswerEvidence } from "../uncertainty/answer-evidence.js";
import type { ToolCall } from "../samples/tool-call.js";

/** Worker and times of a step. */
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
   * From start to completion of the successful attempt, milliseconds; for "synthesize", over all draws of a pair,
   * including failed ones; 0 if the value was reused.
   */
  readonly computeMs: number;
  /** Identity of the worker that ran it. */
  readonly worker: string;
  /** Temporal's attempt number of the successful attempt. */
  readonly attempt: number;
  /** Key of the unit that computed this value, if it was reused. */
  readonly reusedFrom?: string;
}

/** Score of one candidate tool's name (H). */
export interface CandidateScore {
  readonly name: string;
  /** Sum of the name's token log-probabilities, including the closing quote, nats. */
  readonly logLikelihood: number;
  readonly tokenCount: number;
  /** Log-likelihood of the whole query after the tool's signature, nats (`channel` only). */
  readonly queryLogLikelihood?: number;
  /** Relative softmax score (Eq. 4); for `channel`, of the sum with the weighted query log-likelihood. */
  readonly probability: number;
}

/** Result of H for one sample. */
export interface UncertaintyTrace {
  readonly estimator: string;
  /** In the sample's candidate order. */
  readonly candidates: readonly CandidateScore[];
  /** What was read of the base model's own answers, if an estimator reads them. */
  readonly answers?: AnswerEvidence;
  readonly margin: number;
  readonly tau: number;
  readonly uncertain: boolean;
}

/** A synthetic example (G): a new query and the model's own answer to it. */
export interface SyntheticPair {
  readonly instruction: string;
  readonly input: string;
  readonly output: readonly ToolCall[];
  /** The sample it was made for, if it is not the unit's own; the pair uses that sample's tools. */
  readonly from?: { readonly dataset: string; readonly sampleKey: string };
}

/** Changes that the copy rule made to an answer. */
export interface GroundingTrace {
  /** The answer's calls before and after. */
  readonly seedCalls: readonly ToolCall[];
  readonly calls: readonly ToolCall[];
  /** Names of dropped arguments, and of arguments redecoded as spans of the query. */
  readonly dropped: readonly string[];
  readonly copied: readonly string[];
}

/** Usage of G as reported by the server. */
export interface UsageTrace {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent if the price is unknown. */
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
  /** Usage of a teacher's reply, usable or not. */
  readonly usage?: UsageTrace;
  /** Identity of the worker that drew it; absent in results of earlier versions, like the time. */
  readonly worker?: string;
  /** From the start of the draw to its verdict, milliseconds. */
  readonly computeMs?: number;
}

/** Result of G for one sample. */
export interface SynthesisTrace {
  readonly status: "ok" | "exhausted";
  readonly pairs: readonly SyntheticPair[];
  readonly attempts: readonly SynthesisAttempt[];
  /** Total usage of a teacher (tt-d) over all attempts. */
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
  /** Number of retrainings after the adapter was lost with its worker or engine. */
  readonly retrained: number;
}

/** Result of I. */
export interface AnswerTrace {
  readonly from: "base" | "adapter";
  readonly texts: readonly string[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The forced name, for argmax-name. */
  readonly forcedName?: string;
  /** Changes to the first answer, if the copy rule was applied. */
  readonly grounding?: GroundingTrace;
  /** Version of the engine that answered. */
  readonly engineVersion?: string;
}

/** The complete trace of one unit, as stored and shown. */
export interface UnitTrace {
  readonly uncertainty?: UncertaintyTrace;
  /** The model's grounded answer to the seed, the start of grounded synthesis. */
  readonly grounding?: GroundingTrace;
  /** Labeled pairs that were shown or trained on (icl, cheats). */
  readonly demonstrations?: readonly SyntheticPair[];
  readonly synthesis?: SynthesisTrace;
  /** Adaptive K: mean loss per token on the held-out pair, nats, after training on 0, 1, 2, ... of the others. */
  readonly heldBackLosses?: readonly number[];
  readonly training?: TrainingTrace;
  readonly answer?: AnswerTrace;
  readonly timings: readonly StepTiming[];
  /** Id of the workflow that answered the unit; absent: the unit's key. */
  readonly workflowId?: string;
}
