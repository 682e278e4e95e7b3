import { ApplicationFailure } from "@temporalio/workflow";
import type { AnswerTrace } from "../../domain/units/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";
import type { ErrorCode } from "../../domain/errors/codes.js";

/** I with the sweep's adapter, which any GPU worker loads if it is not live. Throws `FINE_TUNE_MISSING`. */
export async function answerWithFineTuned(run: UnitRun): Promise<AnswerTrace> {
  const { unit, variant, plan, fineTuned } = run.input;
  if (fineTuned === undefined) {
    throw ApplicationFailure.nonRetryable(
      `The adapter of ${variant.name} was not trained before its samples.`,
      "FINE_TUNE_MISSING" satisfies ErrorCode,
    );
  }
  const { adapterId, trainingKey } = fineTuned;
  const { answer, timing } = await sharedGpuSteps(plan).infer.executeWithOptions(
    { summary: run.label(`answer with adapter ${adapterId}`) },
    [
      {
        unit,
        plan,
        inference: variant.inference,
        adapter: { adapterId, trainingKey, directory: adapterId },
      },
    ],
  );
  run.note({ answer }, timing);
  return answer;
}
