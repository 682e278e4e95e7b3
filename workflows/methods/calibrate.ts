import { answerWithBase } from "../steps/answer-with-base.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { MethodDefinition } from "./method.js";

/** A calibration unit of any method: the margin, and whether the base model is right; nothing is adapted. */
export const calibrate: MethodDefinition = {
  recalls: ["score", "baseAnswer"],
  async answer(run) {
    await scoreUncertainty(run);
    await answerWithBase(run);
  },
};
