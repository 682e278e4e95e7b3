import type { ScoreUncertaintyInput } from "../../contracts/steps/score-uncertainty.js";
import { readsAnswers } from "../../domain/uncertainty/evidence-needs.js";
import { gateEstimator } from "../../domain/methods/gate-estimator.js";
import type { UncertaintyTrace } from "../../domain/units/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/** H: scores the sample's candidates and flags the sample as uncertain or certain (section 3.1). */
export async function scoreUncertainty(run: UnitRun): Promise<UncertaintyTrace> {
  const { unit, variant, tau, plan } = run.input;
  const estimator = gateEstimator(variant);
  const { uncertainty, timing } =
    run.recalled.score ??
    (await sharedGpuSteps(plan).scoreUncertainty.executeWithOptions(
      { summary: run.label(`score candidates (${estimator.kind}, tau ${Number(tau.toFixed(4))})`) },
      [{ unit, plan, estimator, tau, ...answersOf(run) }],
    ));
  run.note({ uncertainty }, timing);
  return uncertainty;
}

/** What estimators of answers need besides; nothing for all others. */
function answersOf({
  input: { variant },
}: UnitRun): Pick<ScoreUncertaintyInput, "gathers" | "inference"> {
  const { gathers = [], inference } = variant;
  if (![gateEstimator(variant), ...gathers].some(readsAnswers)) return {};
  return { inference, ...(gathers.length > 0 && { gathers }) };
}
