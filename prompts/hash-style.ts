import { hashRendered } from "./hash-rendered.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "./probe-samples.js";
import type { PromptStyle } from "./types.js";

/** Hashes a style's output for fixed samples, so that any change of wording changes the hash. */
export function hashStyle(style: Omit<PromptStyle, "hash">): string {
  const rendered = PROBE_SAMPLES.map((sample) => ({
    answer: style.answerMessages(sample),
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
