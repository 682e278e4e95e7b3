import type { UncertaintyTrace } from "../../domain/units/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/** H: scores the sample's candidates and flags the sample as uncertain or certain (section 3.1). */
export async function scoreUncertainty(run: UnitRun): Promise<UncertaintyTrace> {
  const { unit, variant, tau, plan } = run.input;
  const { uncertainty, timing } =
    run.recalled.score ??
    (await sharedGpuSteps(plan).scoreUncertainty.executeWithOptions(
      { summary: `score candidates (${variant.estimator.kind}, tau ${Number(tau.toFixed(4))})` },
      [{ unit, plan, estimator: variant.estimator, tau }],
    ));
  run.note({ uncertainty }, timing);
  return uncertainty;
}
