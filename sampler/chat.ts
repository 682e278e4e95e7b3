import type { ChatTool } from "../domain/samples/chat-tool.js";
import type { Message } from "../domain/samples/sample.js";
import type { ResponseFormat } from "../engine-client/protocol.js";

/** A request to a chat server. */
export interface ChatCall {
  readonly messages: readonly Message[];
  readonly tools?: readonly ChatTool[];
  /** Default: the server's own, which some models require. */
  readonly temperature?: number;
  /** Maximum answer length in tokens. A reasoning model's reasoning tokens count too. */
  readonly max_tokens: number;
  /**
   * Seed of answer 0. If answers are requested one by one, answer `index` > 0 uses
   * `answerSeed(seed, index)`.
   */
  readonly seed: number;
  /** Number of answers, at least 1. */
  readonly n?: number;
  readonly response_format?: ResponseFormat;
  /**
   * The last message is the assistant's opening, and the texts contain its continuation (vLLM and
   * our engine).
   */
  readonly continue_final_message?: boolean;
  /** Name of a loaded adapter that must answer; default: the server's model. */
  readonly adapter?: string;
}

/** The response. */
export interface ChatAnswer {
  /** Exactly `n`, in index order. A text is empty after a refusal or if reasoning used up the tokens. */
  readonly texts: readonly string[];
  /**
   * `length`: truncated at max_tokens. Other values of a server (`content_filter`) are passed
   * through.
   */
  readonly finishReasons: readonly string[];
  readonly usage: ChatUsage;
  /** The model that responded, as named by the server; for hosted models, a dated snapshot. */
  readonly model: string;
}

/** Total tokens of all requests for an answer; 0 if the server does not count them. */
export interface ChatUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars; only for models with a known price (`prices.ts`). */
  readonly costUsd?: number;
}

/** Options that every request accepts. */
export interface CallOptions {
  /** Aborting it ends the request; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Seed of the answer at `index` for a server that returns one answer per request. A pure function,
 * spread over 31 bits (the limit of some servers), so that neighboring seeds share no answers.
 */
export function answerSeed(seed: number, index: number): number {
  if (index === 0) return seed;
  let mixed = (Math.imul(index, 0x9e3779b1) ^ (seed >>> 0) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) & 0x7fffffff;
}
