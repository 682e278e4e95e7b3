import { answerWithBase } from "../steps/answer-with-base.js";
import type { MethodDefinition } from "./method.js";

/** `base`: I with the base model. */
export const base: MethodDefinition = {
  recalls: ["baseAnswer"],
  async answer(run) {
    await answerWithBase(run);
  },
};
