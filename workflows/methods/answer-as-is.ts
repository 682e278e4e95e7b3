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
 * `argmax-name`, a control without training: the base model's answer with its name forced to H's best candidate. It
 * shows how much of a gain comes from using the preferred name.
 */
export const argmaxName: MethodDefinition = {
  recalls: ["score"],
  async answer(run) {
    const { candidates } = await scoreUncertainty(run);
    await answerWithForcedName(run, bestCandidate(candidates).name);
  },
};

/**
 * `copy-rule`, a control without training: the base model's answer without ungrounded optional arguments and with other
 * ungrounded values redecoded as spans of the query (set in the variant's inference). If `synthesis.name` is best or
 * channel, first forces the name.
 */
export const copyRule: MethodDefinition = {
  recalls: ["score", "baseAnswer"],
  async answer(run) {
    const name = await chooseName(run);
    if (name === null) await answerWithBase(run);
    else await answerWithForcedName(run, name);
  },
};

/** A calibration unit of any method: gets the margin and the base model's answer, without adaptation. */
export const calibrate: MethodDefinition = {
  recalls: ["score", "baseAnswer"],
  async answer(run) {
    await scoreUncertainty(run);
    await answerWithBase(run);
  },
};
