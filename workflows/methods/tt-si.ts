import type { UncertaintyTrace } from "../../domain/trace.js";
import { answerWithAdapter } from "../steps/answer-with-adapter.js";
import { answerWithBase } from "../steps/answer-with-base.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import { synthesizePairs } from "../steps/synthesize-pairs.js";
import type { UnitRun } from "../unit-run.js";
import type { MethodDefinition } from "./method.js";

/**
 * `tt-si`, Algorithm 1: score the candidates; if the sample is selected, write K pairs, train a temporary
 * adapter on them, answer with it and drop it; else answer with the base model.
 */
export const ttSi: MethodDefinition = {
  recalls: ["score", "baseAnswer", "pairs", "adaptedAnswer"],
  async answer(run) {
    const uncertainty = await scoreUncertainty(run);
    if (!isSelected(run, uncertainty)) {
      await answerWithBase(run);
      return;
    }
    const synthesis = await synthesizePairs(run);
    if (synthesis.status === "exhausted") {
      await answerWithBase(run);
      return;
    }
    await answerWithAdapter(run, synthesis.pairs);
  },
};

/** Which samples are adapted: the uncertain ones (paper), the certain ones (H'), or all (w/o H). */
function isSelected(run: UnitRun, { uncertain }: UncertaintyTrace): boolean {
  const { selection } = run.input.variant;
  if (selection === "all") return true;
  return selection === "uncertain" ? uncertain : !uncertain;
}
