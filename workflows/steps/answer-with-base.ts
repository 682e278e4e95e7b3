import type { InferResult } from "../../contracts/steps/infer.js";
import type { AnswerTrace, SyntheticPair } from "../../domain/units/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import { followUp } from "../step-priority.js";
import type { UnitRun } from "../unit-run.js";

/** I with the base model. */
export async function answerWithBase(run: UnitRun): Promise<AnswerTrace> {
  const { answer, timing } =
    run.recalled.baseAnswer ?? (await (run.baseAnswer ?? drawBaseAnswer(run)));
  run.note({ answer }, timing);
  return answer;
}

/** Draws the base model's answer without noting it in the run. */
export async function drawBaseAnswer(run: UnitRun): Promise<InferResult> {
  const { unit, variant, plan } = run.input;
  return sharedGpuSteps(plan).infer.executeWithOptions(
    { summary: run.label("answer with the base model"), ...followUp(run, "infer") },
    [{ unit, plan, inference: variant.inference }],
  );
}

/** I with the base model and examples before the query. */
export async function answerWithExamples(
  run: UnitRun,
  examples: readonly SyntheticPair[],
): Promise<AnswerTrace> {
  const { unit, variant, plan } = run.input;
  const { answer, timing } = await sharedGpuSteps(plan).infer.executeWithOptions(
    {
      summary: run.label(`answer with the base model and ${examples.length} examples`),
      ...followUp(run, "infer"),
    },
    [{ unit, plan, inference: variant.inference, examples }],
  );
  run.note({ answer }, timing);
  return answer;
}

/** I with the base model and a forced name for the first call. */
export async function answerWithForcedName(run: UnitRun, forcedName: string): Promise<AnswerTrace> {
  const { unit, variant, plan } = run.input;
  const { answer, timing } = await sharedGpuSteps(plan).infer.executeWithOptions(
    {
      summary: run.label(`answer with the base model, name forced to ${forcedName}`),
      ...followUp(run, "infer"),
    },
    [{ unit, plan, inference: variant.inference, forcedName }],
  );
  run.note({ answer }, timing);
  return answer;
}
