import type { DatasetSpec, ResolvedConfig } from "../../domain/config/config.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { AUTO_FORMAT, FIT_RECORDS } from "../../domain/formats/format-fit.js";

/** At most this share of a data set is set aside for a fit. */
const LARGEST_SHARE = 1 / 5;

/**
 * Sets records aside for a fit, as `calibration` does: none of them is reported on. A data set that sets some aside anyway
 * keeps its number. Returns the config unchanged unless its format is `auto`. Throws `FORMAT_FIT_RECORDS` if every data set
 * is too small.
 *
 * @param sizes - number of records of each data set, in the config's order
 */
export function setAsideForFit(config: ResolvedConfig, sizes: readonly number[]): ResolvedConfig {
  if (config.format !== AUTO_FORMAT) return config;
  const datasets = config.datasets.map((spec, index): DatasetSpec => {
    if (spec.calibration > 0) return spec;
    return { ...spec, calibration: countForFit(sizes[index] ?? 0, config.datasets.length) };
  });
  if (datasets.every(({ calibration }) => calibration === 0)) {
    throw new WhetstoneError(
      "format: auto needs at least 5 records in a data set: it sets up to a fifth aside.",
      {
        code: "FORMAT_FIT_RECORDS",
        hint: "Name a format, for example --set format=list, or use more records.",
      },
    );
  }
  return { ...config, datasets };
}

/** The records that a fit takes of a data set with this many. */
function countForFit(records: number, datasets: number): number {
  return Math.min(Math.ceil(FIT_RECORDS / datasets), Math.floor(records * LARGEST_SHARE));
}
