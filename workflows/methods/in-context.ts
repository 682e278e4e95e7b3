import { answerWithExamples } from "../steps/answer-with-base.js";
import { gatherExamples } from "../steps/gather-examples.js";
import type { MethodDefinition } from "./method.js";

/** `icl` and `cheat-icl`: labeled examples before the query for every sample; no H, no training. */
export const showExamples: MethodDefinition = {
  recalls: [],
  async answer(run) {
    await answerWithExamples(run, await gatherExamples(run));
  },
};
