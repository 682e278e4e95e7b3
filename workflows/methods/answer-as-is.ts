import { bestCandidate } from "../../domain/uncertainty/uncertainty.js";
import { answerWithBase, answerWithForcedName } from "../steps/answer-with-base.js";
import { chooseName } from "../steps/choose-name.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { MethodDefinition } from "./method.js";

/** `base`: I with the base model. */
export const base: MethodDefinition = {
  recalls: ["baseAnswer"],
  async answer(run) {
    await answerWithBase(run);
  },
};

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

/**
 * `copy-rule`, a control without training: the base model's answer, its ungrounded optional arguments dropped and its
 * ungrounded values decoded again as spans of the query (the variant's inference says so). With
 * `synthesis.name` best or channel, the name is forced first.
 */
export const copyRule: MethodDefinition = {
  recalls: ["score", "baseAnswer"],
  async answer(run) {
    const name = await chooseName(run);
    if (name === null) await answerWithBase(run);
    else await answerWithForcedName(run, name);
  },
};

/** A calibration unit of any method: the margin, and whether the base model is right; nothing is adapted. */
export const calibrate: MethodDefinition = {
  recalls: ["score", "baseAnswer"],
  async answer(run) {
    await scoreUncertainty(run);
    await answerWithBase(run);
  },
};
