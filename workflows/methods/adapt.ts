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
 * answer with it and drop it (or, for "context", show the pairs before the query). If the sample is not selected or no
 * usable pair is found, answer with the base model.
 */
export function adapt(
  takePairs: PairSource,
  use: "training" | "context" = "training",
): MethodDefinition {
  return {
    // Pairs and adapted answers can be recalled only for G on the sample itself, not for other sources.
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
