import type { EstimatorSpec, SynthesisSpec } from "../config/variant.js";
import { readsAnswers } from "../uncertainty/evidence-needs.js";

/** The estimator whose best candidate names a grounded call; null if the model's own answer names it. */
export function nameEstimator(
  name: SynthesisSpec["name"],
  estimator: EstimatorSpec,
): EstimatorSpec | null {
  if (name === "own") return null;
  if (name === "channel") return { ...estimator, kind: "channel" };
  // Estimators of answers rank no tools; then H's best name is that of Eq. 4.
  return readsAnswers(estimator) ? { ...estimator, kind: "rss" } : estimator;
}
