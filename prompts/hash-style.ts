import { hashRendered } from "./hash-rendered.js";
import type { Sample } from "../domain/samples/sample.js";
import { PROBE_PAIR, PROBE_PAIR_WITH_INPUT, PROBE_SAMPLES } from "./probe-samples.js";
import type { PromptStyle } from "./types.js";

/** What the hashes of a style cover. */
type Hashed = Omit<PromptStyle, "hash" | "pairsHash">;

/**
 * Hashes a style's output for fixed samples, so that any change of wording changes the hash: answering prompts, and
 * synthesis prompts as they were when answers were first stored.
 */
export function hashStyle(style: Hashed): string {
  const rendered = PROBE_SAMPLES.map((sample) => ({
    answer: style.answerMessages(sample),
    // Absent where the messages show the tools.
    ...toolsOf(style, sample),
    answerWithExample: style.answerMessages(sample, { examples: [PROBE_PAIR] }),
    synthesis: style.synthesisMessages(sample),
    pair: style.pairSample(sample, PROBE_PAIR).messages,
  }));
  return hashRendered([
    style.name,
    style.format.opening,
    style.format.nameClosing,
    rendered,
    style.format.render([]),
    style.format.render(PROBE_PAIR.output),
    style.renderSynthesis(PROBE_PAIR),
  ]);
}

/** Hashes how a style asks for pairs and shows them. */
export function hashPairs(style: Hashed): string {
  return hashRendered([
    PROBE_SAMPLES.map((sample) => style.synthesisMessages(sample)),
    [PROBE_PAIR, PROBE_PAIR_WITH_INPUT].map((pair) => style.queryOf(pair)),
  ]);
}

function toolsOf(style: Hashed, sample: Sample): object {
  const { tools } = style.answerPrompt(sample);
  return tools === undefined ? {} : { tools };
}
