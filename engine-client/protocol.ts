import type { AnswerGrammar } from "../domain/formats/grammar.js";
import type { JsonObject } from "../domain/json/value.js";
import type { ChatTool } from "../domain/samples/chat-tool.js";
import type { Message } from "../domain/samples/sample.js";

/** `GET /v1/models`: base model first, then live adapters. */
export interface ModelList {
  readonly object: "list";
  readonly data: readonly {
    readonly id: string;
    readonly object: "model";
    readonly kind: "base" | "adapter";
    /** SHA-256 over the model's files, 64 hex digits. */
    readonly fingerprint: string;
    /** Maximum length of prompt plus answer, in tokens. */
    readonly context_length: number;
    /** Type of the numbers that the engine computes in; engines before it was named: absent. */
    readonly dtype?: string;
  }[];
}

/**
 * `POST /v1/score`: log-likelihood of each candidate, teacher-forced after the answer's opening.
 */
export interface ScoreRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  /** Shown by the model's chat template; refused if it has no place for them. */
  readonly tools?: readonly ChatTool[];
  /** The answer's fixed opening, e.g. `<tool_call>[{"name": "`. */
  readonly answerPrefix: string;
  readonly candidates: readonly string[];
  /** Scored together with the candidate, e.g. the closing quote. */
  readonly suffix: string;
  /**
   * One printable ASCII character that must follow the candidate, whichever token it is part of: the log of all those
   * tokens' summed probability is added, and counts as one token. Only without a suffix.
   */
  readonly closing?: string;
  /** Whether the response tells each token's log-probability and place. */
  readonly tokens?: true;
}

export interface ScoreResponse {
  /** Same order as `candidates`. */
  readonly scores: readonly {
    readonly logLikelihood: number;
    readonly tokenCount: number;
    /** In order; only if the request asked for them. */
    readonly tokens?: readonly ScoredToken[];
  }[];
  readonly promptTokens: number;
  /** Time in the engine's queue and on the device, milliseconds. */
  readonly queueMs: number;
  readonly computeMs: number;
}

/** A token of a candidate. */
interface ScoredToken {
  /** Where it lies in the candidate, `[start, end)`, in Unicode code points; tokens of one character share its span. */
  readonly start: number;
  readonly end: number;
  /** Nats. */
  readonly logLikelihood: number;
}

/** `POST /v1/adapters`: trains a temporary LoRA adapter and keeps it live. */
export interface AdapterRequest {
  readonly id: string;
  readonly examples: readonly {
    readonly messages: readonly Message[];
    readonly tools?: readonly ChatTool[];
    readonly completion: string;
  }[];
  readonly rank: number;
  readonly alpha: number;
  readonly learningRate: number;
  readonly epochs: number;
  readonly warmupRatio: number;
  readonly schedule: "cosine" | "constant" | "linear";
  readonly seed: number;
  readonly scope: "all" | "answer";
  readonly ttlSeconds: number;
}

export interface AdapterResponse {
  readonly id: string;
  /** Mean target-token loss of each optimization step, in nats. */
  readonly losses: readonly number[];
  /** SHA-256 of the adapter's weights. */
  readonly weightHash: string;
  readonly trainedTokens: number;
  readonly queueMs: number;
  readonly computeMs: number;
}

/** `POST /v1/stretches`: one segment of a long training, from one saved state to the next. */
export interface StretchRequest extends Omit<AdapterRequest, "id" | "epochs" | "ttlSeconds"> {
  /**
   * Folder inside the engine's artifact folder; contains the states and, after the last step, the
   * adapter.
   */
  readonly directory: string;
  /** Examples per optimization step, taken in the given order. */
  readonly batchSize: number;
  readonly firstStep: number;
  /** Steps of the whole training, over which the schedule runs. */
  readonly totalSteps: number;
}

/** Response of `POST /v1/stretches`. */
export interface StretchResponse {
  readonly directory: string;
  /** Steps done so far. */
  readonly lastStep: number;
  /** Mean loss of each step's examples, in nats per target token. */
  readonly losses: readonly number[];
  readonly weightHash: string;
  readonly queueMs: number;
  readonly computeMs: number;
}

/**
 * `POST /v1/chat/completions`: OpenAI's shape plus two vLLM extensions: `continue_final_message`
 * (the last message is the assistant's opening to continue) and `response_format` of type
 * `structural_tag`.
 */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly ChatTool[];
  readonly temperature: number;
  readonly top_p?: number;
  readonly max_tokens: number;
  readonly seed: number;
  readonly n?: number;
  readonly stop?: readonly string[];
  readonly continue_final_message?: boolean;
  readonly response_format?: ResponseFormat;
}

export type ResponseFormat =
  | {
      readonly type: "json_schema";
      readonly json_schema: { readonly name: string; readonly schema: JsonObject };
    }
  | { readonly type: "structural_tag"; readonly format: AnswerGrammar };

export interface ChatResponse {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly role: "assistant"; readonly content: string };
    readonly finish_reason: "stop" | "length";
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
  /** Engine extension; absent from other servers. */
  readonly timing?: { readonly queueMs: number; readonly computeMs: number };
}
