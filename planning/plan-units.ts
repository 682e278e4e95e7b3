import { CALIBRATION_VARIANT, calibrationVariant } from "../domain/calibration.js";
import { countReported } from "../domain/config-hash.js";
import type { DatasetSpec, ResolvedConfig } from "../domain/config.js";
import { configInvalid } from "../domain/config-problems.js";
import type { ConfigProblem } from "../domain/config-problems.js";
import type { GoldSample } from "../domain/sample.js";
import type { PlannedUnit, UnitRole } from "../domain/unit.js";
import { unitKey } from "../domain/unit-key.js";

/** The records of one data set that a sweep uses. */
export interface DatasetPart {
  readonly spec: DatasetSpec;
  /** From the start. */
  readonly reported: readonly GoldSample[];
  /** From the end; empty where no variant calibrates. */
  readonly calibration: readonly GoldSample[];
}

/**
 * Splits a data set into reported and calibration records, which never overlap. Throws
 * `WHETSTONE_CONFIG_INVALID` where there are too few.
 */
export function splitDataset(
  config: ResolvedConfig,
  spec: DatasetSpec,
  samples: readonly GoldSample[],
): DatasetPart {
  const count = countReported(samples.length, spec);
  const calibrates = calibrationVariant(config) !== null;
  const wanted = (spec.limit ?? 1) + spec.calibration;
  if (count === 0 || (calibrates && wanted > samples.length)) {
    const allowed = Math.max(0, samples.length - spec.calibration);
    throw configInvalid(`config of sweep ${config.sweep}`, [
      tooFewRecords(spec, samples.length, allowed),
    ]);
  }
  return {
    spec,
    reported: samples.slice(0, count),
    calibration: calibrates ? samples.slice(samples.length - spec.calibration) : [],
  };
}

function tooFewRecords(spec: DatasetSpec, records: number, allowed: number): ConfigProblem {
  const asked =
    spec.limit === undefined
      ? `${spec.calibration} calibration records leave none to report on`
      : `limit ${spec.limit} and calibration ${spec.calibration} need ${spec.limit + spec.calibration} records`;
  return {
    path: ["dataset", spec.name],
    text: `${asked}, and the data set has ${records}. Allowed: a limit up to ${allowed}, or fewer calibration records.`,
  };
}

/**
 * Every unit of a sweep in plan order: calibration units first, then seed by seed the variants in
 * the config's order, each over all reported samples.
 */
export function planUnits(config: ResolvedConfig, parts: readonly DatasetPart[]): PlannedUnit[] {
  const expand = (variant: string, seed: number, role: UnitRole): PlannedUnit[] =>
    parts.flatMap((part) =>
      (role === "report" ? part.reported : part.calibration).map(({ sample }) => {
        const ref = { sweep: config.sweep, variant, seed, dataset: part.spec.name };
        const keyed = { ...ref, sampleKey: sample.key };
        return { key: unitKey(keyed), ...keyed, role };
      }),
    );
  return [
    ...config.seeds.flatMap((seed) => expand(CALIBRATION_VARIANT, seed, "calibration")),
    ...config.seeds.flatMap((seed) =>
      config.variants.flatMap((variant) => expand(variant.name, seed, "report")),
    ),
  ];
}
