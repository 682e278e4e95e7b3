import { nameEstimator } from "../../domain/grounding/name-estimator.js";
import { bestCandidate } from "../../domain/uncertainty/uncertainty.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/**
 * Chooses the tool name of a grounded call according to `synthesis.name`: null for the model's own choice, else the
 * best candidate by H or by noisy-channel scoring.
 */
export async function chooseName(run: UnitRun, seed?: PlannedUnit): Promise<string | null> {
  const { variant, unit, plan } = run.input;
  const estimator = nameEstimator(variant.synthesis.name, variant.estimator);
  if (estimator === null) return null;
  const { uncertainty, timing } = await sharedGpuSteps(plan).scoreUncertainty.executeWithOptions(
    { summary: run.label(`choose the tool (${estimator.kind})`) },
    [{ unit: seed ?? unit, plan, estimator, tau: 0 }],
  );
  // Note scores of the unit's own sample only, so that its page shows the reason; H notes its own result.
  run.note(run.trace.uncertainty || seed !== undefined ? {} : { uncertainty }, timing);
  return bestCandidate(uncertainty.candidates).name;
}
