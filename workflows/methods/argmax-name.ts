import { bestCandidate } from "../../domain/uncertainty.js";
import { answerWithBase } from "../steps/answer-with-base.js";
import { scoreUncertainty } from "../steps/score-uncertainty.js";
import type { UnitRun } from "../unit-run.js";

/**
 * `argmax-name`, a control: the base model's answer with its name forced to H's best candidate. No training: it
 * shows how much of a gain is "say what you already prefer".
 */
export async function argmaxName(run: UnitRun): Promise<void> {
  const { candidates } = await scoreUncertainty(run);
  await answerWithBase(run, bestCandidate(candidates).name);
}
