import type { StepSeconds } from "../statistics/step-seconds.js";
import type { FigureContext } from "./context.js";
import { listVariants } from "./context.js";

/**
 * Compute seconds that one run of a step costs: the mean of the variant's own units, or, if they
 * reused every value, the mean of all units of the dataset that computed the step; 0 if none did.
 */
export function meanStepSeconds(context: FigureContext): (step: StepSeconds) => number {
  const all = listVariants(context).flatMap(({ summary }) => summary.steps);
  return ({ step, mean, computed }) => {
    if (computed > 0) return mean;
    const same = all.filter((each) => each.step === step);
    const count = same.reduce((sum, each) => sum + each.computed, 0);
    return count === 0 ? 0 : same.reduce((sum, each) => sum + each.total, 0) / count;
  };
}
