import type { EstimatorSpec, SynthesisSpec } from "../config/variant.js";

/** The estimator whose best candidate names a grounded call; null if the model's own answer names it. */
export function nameEstimator(
  name: SynthesisSpec["name"],
  estimator: EstimatorSpec,
): EstimatorSpec | null {
  if (name === "own") return null;
  return name === "channel" ? { ...estimator, kind: "channel" } : estimator;
}
