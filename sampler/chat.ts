import type { Message } from "../domain/samples/sample.js";
import type { ResponseFormat } from "../engine-client/protocol.js";

/** What is asked of a chat server. */
export interface ChatCall {
  readonly messages: readonly Message[];
  /** Left out: the server's own, which some models insist on. */
  readonly temperature?: number;
  /** Longest answer, tokens. A model that thinks first counts its thoughts too. */
  readonly max_tokens: number;
  /** Answer `index` is drawn with this seed where `index` is 0, else with `answerSeed(seed, index)`, if it is asked alone. */
  readonly seed: number;
  /** Answers wanted, at least 1. */
  readonly n?: number;
  readonly response_format?: ResponseFormat;
  /** The last message is an assistant's opening; the texts hold what follows it (vLLM and our engine). */
  readonly continue_final_message?: boolean;
  /** Name of a loaded adapter that must answer; left out: the server's model. */
  readonly adapter?: string;
}

/** What came back. */
export interface ChatAnswer {
  /** Exactly `n`, in order of their index. Empty where a model refused or spent its tokens on thinking. */
  readonly texts: readonly string[];
  /** `length`: cut at max_tokens. Anything a server adds (`content_filter`) is passed on. */
  readonly finishReasons: readonly string[];
  readonly usage: ChatUsage;
  /** Who answered, in the server's words; a hosted model's dated snapshot. */
  readonly model: string;
}

/** Tokens of all requests that an answer took; 0 where the server does not count. */
export interface ChatUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** US dollars; only for models with a known price (`prices.ts`). */
  readonly costUsd?: number;
}

/** What may go with any request. */
export interface CallOptions {
  /** Aborting it ends the request; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Seed of the answer at `index` where a server gives one answer a request. A pure function, spread over 31 bits (some
 * servers hold no more), so that neighbouring seeds share no answers.
 */
export function answerSeed(seed: number, index: number): number {
  if (index === 0) return seed;
  let mixed = (Math.imul(index, 0x9e3779b1) ^ (seed >>> 0) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) & 0x7fffffff;
}
