import { ActivityFailure, ApplicationFailure, isCancellation } from "@temporalio/workflow";
import { isBaseAnswer } from "../domain/units/base-answers.js";
import { describeError } from "./describe-error.js";
import { methodOf } from "./methods/index.js";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { recallSteps } from "./steps/recall-steps.js";
import { recordResult } from "./steps/record-result.js";
import { UnitRun } from "./unit-run.js";

/**
 * Answers one unit by its method and records the result: exactly one row. Where the infrastructure fails for good,
 * the row is `failed` and the workflow fails too, so that a retry may start it again. A cancelled
 * unit leaves no row: it stays pending.
 */
export async function sampleWorkflow(input: SampleInput): Promise<SampleResult> {
  const method = methodOf(input);
  const run = new UnitRun(input, await recallSteps(input, method.recalls));
  try {
    await method.answer(run);
  } catch (error) {
    // Anything else is a defect: the workflow task fails and is repeated until it is fixed.
    if (isCancellation(error) || !isFinalFailure(error)) throw error;
    const described = describeError(error);
    await recordResult(run, described);
    throw ApplicationFailure.nonRetryable(described.message, described.code);
  }
  const { outcome, correct, verdict } = await recordResult(run);
  return { outcome, correct, verdict, fromBase: isBaseAnswer(run.trace) };
}

function isFinalFailure(error: unknown): boolean {
  return error instanceof ActivityFailure || error instanceof ApplicationFailure;
}
