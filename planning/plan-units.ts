import { CALIBRATION_VARIANT, calibrationVariant } from "../domain/uncertainty/calibration.js";
import { countReported, drawsCalibration } from "../domain/config/config-hash.js";
import type { DatasetSpec, ResolvedConfig } from "../domain/config/config.js";
import { configInvalid } from "../domain/config/problems.js";
import type { ConfigProblem } from "../domain/config/problems.js";
import { sha256Hex } from "../domain/identity/hash.js";
import type { GoldSample } from "../domain/samples/sample.js";
import type { PlannedUnit, UnitRole } from "../domain/units/unit.js";
import { unitKey } from "../domain/identity/unit-key.js";

/** The records of one dataset that a sweep uses. */
export interface DatasetPart {
  readonly spec: DatasetSpec;
  /** From the start of the file, without the calibration records. */
  readonly reported: readonly GoldSample[];
  /** Calibration records, in file order; empty if no variant calibrates. */
  readonly calibration: readonly GoldSample[];
}

/**
 * Splits a dataset into reported and calibration records, which never overlap. Throws
 * `WHETSTONE_CONFIG_INVALID` if there are too few.
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
  const setAside = new Set(pickCalibration(spec, samples));
  return {
    spec,
    reported: samples.filter((sample) => !setAside.has(sample)).slice(0, count),
    calibration: calibrates ? samples.filter((sample) => setAside.has(sample)) : [],
  };
}

/**
 * The calibration records, whether or not a variant needs them now: those with the smallest key
 * hashes, which is a random draw from the whole file. Benchmarks are sorted by topic or difficulty,
 * so the end of a file has a different distribution. The bundled dataset was drawn record by
 * record, so its last records are used.
 */
export function pickCalibration(
  spec: DatasetSpec,
  samples: readonly GoldSample[],
): readonly GoldSample[] {
  if (!drawsCalibration(spec)) return samples.slice(samples.length - spec.calibration);
  return samples
    .map((sample) => ({ sample, rank: sha256Hex(`calibration/${sample.sample.key}`) }))
    .sort((left, right) => (left.rank < right.rank ? -1 : 1))
    .slice(0, spec.calibration)
    .map(({ sample }) => sample);
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
 * Every unit of a sweep in plan order: calibration units first, then sample by sample all seeds and variants of it.
 * Units of one sample share the engine's cached prompt, and a stopped sweep has the same samples for every variant.
 */
export function planUnits(config: ResolvedConfig, parts: readonly DatasetPart[]): PlannedUnit[] {
  const { sweep, seeds, variants } = config;
  const expand = (part: DatasetPart, names: readonly string[], role: UnitRole): PlannedUnit[] =>
    (role === "report" ? part.reported : part.calibration).flatMap(({ sample }) =>
      seeds.flatMap((seed) =>
        names.map((variant) => {
          const ref = { sweep, variant, seed, dataset: part.spec.name, sampleKey: sample.key };
          return { key: unitKey(ref), ...ref, role };
        }),
      ),
    );
  const names = variants.map(({ name }) => name);
  return [
    ...parts.flatMap((part) => expand(part, [CALIBRATION_VARIANT], "calibration")),
    ...parts.flatMap((part) => expand(part, names, "report")),
  ];
}
