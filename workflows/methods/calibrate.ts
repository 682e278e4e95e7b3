import { answerWithBase } from "../steps/answer-with-base.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { UnitRun } from "../unit-run.js";

/** A calibration unit of any method: the margin, and whether the base model is right; nothing is adapted. */
export async function calibrate(run: UnitRun): Promise<void> {
  await scoreUncertainty(run);
  await answerWithBase(run);
}
