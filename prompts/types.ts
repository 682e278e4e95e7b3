import type { Message, Sample } from "../domain/samples/sample.js";
import type { SyntheticPair } from "../domain/units/trace.js";
import type { ToolCall } from "../domain/samples/tool-call.js";

/** One family of prompts: how a sample, a synthesis request and an answer are written for a model. */
export interface PromptStyle {
  readonly name: string;
  /** SHA-256 over everything in the style that reaches a model; enters the config hash. */
  readonly hash: string;
  /** The answering prompt; `tools` is the sample's tools in the order to show. */
  answerMessages(
    sample: Sample,
    options?: { readonly examples?: readonly SyntheticPair[] },
  ): Message[];
  /** The answer's fixed opening up to the first name, `<tool_call>[{"name": "`. */
  readonly answerOpening: string;
  /** What closes a name, `"`. */
  readonly nameClosing: string;
  /** The canonical completion for a list of calls: training target and few-shot answer. */
  renderAnswer(calls: readonly ToolCall[]): string;
  /** The synthesis prompt: asks for one JSON object `{instruction, input, output}`. */
  synthesisMessages(sample: Sample): Message[];
  /** The canonical synthesis reply (training target of the tiny model's recipe). */
  renderSynthesis(pair: SyntheticPair): string;
  /** The sample a synthetic pair stands for: the same tools, the new query. */
  pairSample(sample: Sample, pair: SyntheticPair): Sample;
}
