import type { EstimatorSpec, VariantSpec } from "../config/variant.js";
import { describeMethod } from "./registry.js";

/**
 * The estimator whose margin gates a variant's samples: the variant's own, or chance at its `rate` for a method whose
 * record says so. The variant's own still chooses the tool of a grounded pair, so that only the gate differs.
 */
export function gateEstimator({
  method,
  estimator,
}: Pick<VariantSpec, "method" | "estimator">): EstimatorSpec {
  return describeMethod(method).gate === "chance" ? { ...estimator, kind: "random" } : estimator;
}
