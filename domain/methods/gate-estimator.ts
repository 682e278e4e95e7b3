import type { EstimatorSpec, VariantSpec } from "../config/variant.js";
import { describeMethod } from "./registry.js";

/**
 * Returns the estimator whose margin gates a variant's samples: the variant's own, unless its method's record names
 * another. The variant's own still chooses the tool of a grounded pair, so that only the gate differs.
 */
export function gateEstimator({
  method,
  estimator,
}: Pick<VariantSpec, "method" | "estimator">): EstimatorSpec {
  const { gate } = describeMethod(method);
  return gate === undefined ? estimator : { ...estimator, kind: gate };
}
