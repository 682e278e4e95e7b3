import { answerWithFineTuned } from "../steps/answer-with-fine-tuned.js";
import type { MethodDefinition } from "./method.js";

/** `sft`, `sft-ood` and `cheat-sft`: I with the sweep's adapter for every sample. */
export const answerFineTuned: MethodDefinition = {
  recalls: [],
  async answer(run) {
    await answerWithFineTuned(run);
  },
};
