import { describeEstimator } from "./registry.js";
import type { ResolvedConfig } from "../config/config.js";
import type { VariantSpec } from "../config/variant.js";

/** Variant name under which calibration units run; no variant of a config may bear it. */
export const CALIBRATION_VARIANT = "calibration";

/**
 * The pseudo variant of the calibration units: base answers and H's scores, shared by every variant
 * with `tau: auto`. Null where no variant has it. Each of them applies its own estimator to the scores; the channel's
 * hold all that the others need, so it is scored with wherever one of them is the channel.
 */
export function calibrationVariant(config: ResolvedConfig): VariantSpec | null {
  const calibrated = config.variants.filter((variant) => variant.tau === "auto");
  const [first] = calibrated;
  if (first === undefined) return null;
  const { estimator } =
    calibrated.find(({ estimator: { kind } }) => describeEstimator(kind).readsQueries) ?? first;
  return {
    ...first,
    estimator,
    name: CALIBRATION_VARIANT,
    method: "base",
    tau: 0,
    selection: "uncertain",
  };
}

/** The variant a unit's key names, the calibration one included; null where there is none. */
export function findVariant(config: ResolvedConfig, name: string): VariantSpec | null {
  if (name === CALIBRATION_VARIANT) return calibrationVariant(config);
  return config.variants.find((variant) => variant.name === name) ?? null;
}
