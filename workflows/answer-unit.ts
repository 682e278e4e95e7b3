import { ActivityFailure, ApplicationFailure, isCancellation } from "@temporalio/workflow";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import type { UnitError } from "../contracts/unit-error.js";
import { isBaseAnswer } from "../domain/units/base-answers.js";
import { describeError } from "./describe-error.js";
import { methodOf } from "./methods/index.js";
import type { UnitFacts } from "./outcome.js";
import { factsOf } from "./outcome.js";
import { recallSteps } from "./steps/recall-steps.js";
import { recordResult } from "./steps/record-result.js";
import type { UnitPlace } from "./unit-run.js";
import { UnitRun } from "./unit-run.js";

/** How a recorded unit ended. */
export interface AnsweredUnit {
  /** Null if it failed. */
  readonly result: SampleResult | null;
  /** Why it failed; null if it was answered. */
  readonly error: UnitError | null;
  readonly facts: UnitFacts;
}

/**
 * Answers one unit with its method and records the result in exactly one row, which is `failed` if the infrastructure
 * fails permanently. A cancelled unit writes no row and stays pending.
 */
export async function answerUnit(input: SampleInput, place: UnitPlace): Promise<AnsweredUnit> {
  const method = methodOf(input);
  const run = new UnitRun(input, await recallSteps(input, method.recalls), place);
  try {
    await method.answer(run);
  } catch (error) {
    // Anything else is a bug: the workflow task fails and is retried until the bug is fixed.
    if (isCancellation(error) || !isFinalFailure(error)) throw error;
    const described = describeError(error);
    const recorded = await recordResult(run, described);
    return { result: null, error: described, facts: factsOf(run, recorded, described) };
  }
  const recorded = await recordResult(run);
  const { outcome, correct, verdict } = recorded;
  const result = { outcome, correct, verdict, fromBase: isBaseAnswer(run.trace) };
  return { result, error: null, facts: factsOf(run, recorded) };
}

/** Whether an error says that a step has failed for good, rather than that a workflow has a defect. */
export function isFinalFailure(error: unknown): boolean {
  return error instanceof ActivityFailure || error instanceof ApplicationFailure;
}
