import { seedInference } from "../../domain/grounding/seed-inference.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";
import { chooseName } from "./choose-name.js";

/** Answers the seed and grounds the answer with the copy rule. Returns the calls that a grounded pair varies. */
export async function groundSeed(run: UnitRun, seed: PlannedUnit): Promise<readonly ToolCall[]> {
  const { variant, plan } = run.input;
  const forcedName = await chooseName(run, seed);
  const { answer, timing } = await sharedGpuSteps(plan).infer.executeWithOptions(
    { summary: run.label(`answer the seed ${seed.sampleKey} and ground the answer`) },
    [
      {
        unit: seed,
        plan,
        inference: seedInference(variant.inference),
        ...(forcedName === null ? {} : { forcedName }),
      },
    ],
  );
  const { grounding } = answer;
  run.note(grounding ? { grounding } : {}, { ...timing, step: "groundAnswer" });
  return grounding?.calls ?? [];
}
