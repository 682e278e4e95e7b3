import { proxyLocalActivities } from "@temporalio/workflow";
import type {
  RecallableStep,
  RecallActivities,
  RecallStepsResult,
} from "../../contracts/steps/recall-steps.js";
import type { SampleInput } from "../../contracts/sample-input.js";

const { recallSteps: recall } = proxyLocalActivities<RecallActivities>({
  startToCloseTimeout: "1m",
  retry: { maximumInterval: "10s" },
});

/** Looks up steps that other units of the sample have already computed; see docs/decisions, shared steps. */
export async function recallSteps(
  { unit, variant, tau, plan }: SampleInput,
  wanted: readonly RecallableStep[],
): Promise<RecallStepsResult> {
  return recall.executeWithOptions({ summary: `look for ${wanted.join(", ")}` }, [
    { unit, plan, variant, tau, wanted },
  ]);
}
