import { readsAnswers } from "./evidence-needs.js";
import { describeEstimator } from "./registry.js";
import type { ResolvedConfig } from "../config/config.js";
import type { VariantSpec } from "../config/variant.js";

/** Variant name of calibration units; reserved, so no variant of a config may use it. */
export const CALIBRATION_VARIANT = "calibration";

/**
 * The pseudo variant of the calibration units: base answers and H's scores, shared by all variants with `tau: auto`.
 * Null if there are none. Each applies its own estimator to the scores. If one of them uses the channel estimator, it
 * is used for scoring, because its scores include those of all others; what others read of answers is gathered as well.
 */
export function calibrationVariant(config: ResolvedConfig): VariantSpec | null {
  const calibrated = config.variants.filter((variant) => variant.tau === "auto");
  const [first] = calibrated;
  if (first === undefined) return null;
  const { estimator } =
    calibrated.find(({ estimator: { kind } }) => describeEstimator(kind).readsQueries) ?? first;
  const others = calibrated.map((variant) => variant.estimator).filter(readsAnswers);
  return {
    ...first,
    estimator,
    ...(others.length > 0 && { gathers: others }),
    name: CALIBRATION_VARIANT,
    method: "base",
    tau: 0,
    selection: "uncertain",
  };
}

/** Finds the variant that a unit's key names, including the calibration variant; null if there is none. */
export function findVariant(config: ResolvedConfig, name: string): VariantSpec | null {
  if (name === CALIBRATION_VARIANT) return calibrationVariant(config);
  return config.variants.find((variant) => variant.name === name) ?? null;
}
