import { answerWithBase } from "../steps/answer-with-base.js";
import type { UnitRun } from "../unit-run.js";

/** `base`: I with the base model. */
export async function base(run: UnitRun): Promise<void> {
  await answerWithBase(run);
}
