import {
  ApplicationFailure,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import type { SampleInput, SampleResult } from "../contracts/sample-input.js";
import { answerUnit } from "./answer-unit.js";
import { renderDetails } from "./details.js";
import { attributesOf } from "./outcome.js";

/**
 * Answers one unit, in sweeps that earlier versions started. If the unit fails, the workflow fails too, so that a retry
 * can start it again.
 */
export async function sampleWorkflow(input: SampleInput): Promise<SampleResult> {
  const { result, error, facts } = await answerUnit(input, {
    startedAt: workflowInfo().startTime,
    label: "",
    show: (state) => {
      setCurrentDetails(renderDetails(state));
    },
  });
  // One upsert, because each adds an event to the history.
  upsertSearchAttributes(attributesOf([facts]));
  if (error !== null) throw ApplicationFailure.nonRetryable(error.message, error.code);
  if (result === null) throw new Error("a unit without an error has a result");
  return result;
}
