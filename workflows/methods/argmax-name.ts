import { bestCandidate } from "../../domain/uncertainty.js";
import { answerWithForcedName } from "../steps/answer-with-base.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { MethodDefinition } from "./method.js";

/**
 * `argmax-name`, a control: the base model's answer with its name forced to H's best candidate. No training: it
 * shows how much of a gain is "say what you already prefer".
 */
export const argmaxName: MethodDefinition = {
  recalls: ["score"],
  async answer(run) {
    const { candidates } = await scoreUncertainty(run);
    await answerWithForcedName(run, bestCandidate(candidates).name);
  },
};
