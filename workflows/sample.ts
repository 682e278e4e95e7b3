import { ActivityFailure, ApplicationFailure, isCancellation } from "@temporalio/workflow";
import { isBaseAnswer } from "../domain/units/base-answers.js";
import { describeError } from "./describe-error.js";
import { methodOf } from "./methods/index.js";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { recallSteps } from "./steps/recall-steps.js";
import { recordResult } from "./steps/record-result.js";
import { UnitRun } from "./unit-run.js";

/**
 * Answers one unit with its method and records the result in exactly one row. If the infrastructure fails
 * permanently, the row is `failed` and the workflow fails too, so that a retry can start it again. A cancelled
 * unit writes no row and stays pending.
 */
export async function sampleWorkflow(input: SampleInput): Promise<SampleResult> {
  const method = methodOf(input);
  const run = new UnitRun(input, await recallSteps(input, method.recalls));
  try {
    await method.answer(run);
  } catch (error) {
    // Anything else is a bug: the workflow task fails and is retried until the bug is fixed.
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
