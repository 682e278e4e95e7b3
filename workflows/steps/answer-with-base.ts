import type { AnswerTrace } from "../../domain/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/** I with the base model; `forcedName`, where given, is the name of the answer's first call. */
export async function answerWithBase(run: UnitRun, forcedName?: string): Promise<AnswerTrace> {
  const { unit, variant, plan } = run.input;
  const summary =
    forcedName === undefined
      ? "answer with the base model"
      : `answer with the base model, name forced to ${forcedName}`;
  const { answer, timing } = await sharedGpuSteps(plan).infer.executeWithOptions({ summary }, [
    {
      unit,
      plan,
      inference: variant.inference,
      ...(forcedName === undefined ? {} : { forcedName }),
    },
  ]);
  run.note({ answer }, timing);
  return answer;
}
