import type { AnswerFormat } from "../domain/formats/answer-format.js";
import type { ChatTool } from "../domain/samples/chat-tool.js";
import type { Message, Sample } from "../domain/samples/sample.js";
import type { SyntheticPair } from "../domain/units/trace.js";

/** What an answer is asked by: the fields of a request to the engine or a chat server. */
export interface ChatPrompt {
  readonly messages: readonly Message[];
  /** For the model's own chat template; absent: the messages show the tools. */
  readonly tools?: readonly ChatTool[];
}

/** One family of prompts: how a sample, a synthesis request and an answer are rendered for a model. */
export interface PromptStyle {
  readonly name: string;
  /**
   * SHA-256 over everything in the style that reaches a model that answers; enters every step key and the config hash.
   */
  readonly hash: string;
  /**
   * SHA-256 over how pairs are asked for and shown; enters the keys of steps with pairs and the identity of sweeps with
   * them. Absent if `hash` covers that.
   */
  readonly pairsHash?: string;
  /** The answering prompt; `tools` is the sample's tools in the order to show. */
  answerMessages(
    sample: Sample,
    options?: { readonly examples?: readonly SyntheticPair[] },
  ): Message[];
  /** The answering prompt as a request's fields. */
  answerPrompt(
    sample: Sample,
    options?: { readonly examples?: readonly SyntheticPair[] },
  ): ChatPrompt;
  /** How calls are written: training target, in-context answer, H's opening, grammar. */
  readonly format: AnswerFormat;
  /** The synthesis prompt: asks for one JSON object `{instruction, input, output}`. */
  synthesisMessages(sample: Sample): Message[];
  /** A synthetic pair's query as a user would send it. */
  readonly queryOf: (pair: SyntheticPair) => string;
  /** The canonical synthesis reply (training target of the tiny model's recipe). */
  renderSynthesis(pair: SyntheticPair): string;
  /** The sample that a synthetic pair represents: the same tools, the new query. */
  pairSample(sample: Sample, pair: SyntheticPair): Sample;
}
