import type { UncertaintyTrace } from "../../domain/units/trace.js";
import { answerWithAdapter } from "../steps/answer-with-adapter.js";
import { answerWithBase, answerWithExamples } from "../steps/answer-with-base.js";
import { choosePairs } from "../steps/choose-pairs.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { UnitRun } from "../unit-run.js";
import type { MethodDefinition } from "./method.js";
import type { PairSource } from "./pair-sources.js";
import { ownPairs } from "./pair-sources.js";

/**
 * Algorithm 1: score the candidates; if the sample is selected, take K pairs and train a temporary adapter on them,
 * answer with it and drop it (or, "context", show them before the query); else answer with the base
 * model. So does a sample for which no usable pair is found.
 */
export function adapt(
  takePairs: PairSource,
  use: "training" | "context" = "training",
): MethodDefinition {
  return {
    // What is recalled are G's pairs on the sample itself and the answer after training on them: no other source's.
    recalls:
      takePairs === ownPairs
        ? ["score", "baseAnswer", "pairs", "adaptedAnswer"]
        : ["score", "baseAnswer"],
    async answer(run) {
      const uncertainty = await scoreUncertainty(run);
      const taken = isSelected(run, uncertainty) ? await takePairs(run) : null;
      const adaptive = taken !== null && use === "training" && run.input.variant.training.adaptive;
      const pairs = adaptive ? await choosePairs(run, taken) : taken;
      if (pairs === null || pairs.length === 0) await answerWithBase(run);
      else if (use === "context") await answerWithExamples(run, pairs);
      else await answerWithAdapter(run, pairs);
    },
  };
}

/** Which samples are adapted: the uncertain ones (paper), the certain ones (H'), all (w/o H), or none (H alone). */
function isSelected(run: UnitRun, { uncertain }: UncertaintyTrace): boolean {
  const { selection } = run.input.variant;
  if (selection === "all") return true;
  if (selection === "none") return false;
  return selection === "uncertain" ? uncertain : !uncertain;
}
