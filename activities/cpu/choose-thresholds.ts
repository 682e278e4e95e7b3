import { CALIBRATION_VARIANT } from "../../domain/uncertainty/calibration.js";
import type { CalibrationPoint } from "../../domain/uncertainty/choose-threshold.js";
import { chooseThreshold } from "../../domain/uncertainty/choose-threshold.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { JsonObject } from "../../domain/json/value.js";
import { deriveBaseSeed } from "../../domain/identity/seeds.js";
import { describeEstimator } from "../../domain/uncertainty/registry.js";
import { createEstimator } from "../../domain/uncertainty/uncertainty.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { ResultRow, Store } from "../../store/store.js";
import { getSweep } from "../support/sweep-record.js";
import type {
  ChooseThresholdsInput,
  ChooseThresholdsResult,
} from "../../contracts/steps/choose-thresholds.js";

/**
 * Chooses tau by Youden's J on the calibration rows for every (variant, seed) with `tau: auto`. A chosen threshold
 * never changes, so that later units are flagged by the same one. Throws `CALIBRATION_EMPTY`.
 */
export async function chooseThresholds(
  store: Store,
  { sweep }: ChooseThresholdsInput,
): Promise<ChooseThresholdsResult> {
  const { config } = await getSweep(store, sweep);
  const known = await store.listThresholds(sweep);
  const rows = await store.listResults(sweep, {
    role: "calibration",
    variant: CALIBRATION_VARIANT,
  });
  for (const variant of config.variants.filter(({ tau }) => tau === "auto")) {
    for (const seed of config.seeds) {
      if (known.some((record) => record.variant === variant.name && record.seed === seed)) continue;
      const { tau, details } = chooseOne(sweep, variant, seed, rows);
      await store.putThreshold({ sweep, variant: variant.name, seed, tau, details });
    }
  }
  const thresholds = await store.listThresholds(sweep);
  return {
    thresholds: thresholds.map(({ variant, seed, tau, details }) => ({
      variant,
      seed,
      tau,
      records: Number(details["count"]),
    })),
  };
}

function chooseOne(
  sweep: string,
  variant: VariantSpec,
  seed: number,
  rows: readonly ResultRow[],
): { tau: number; details: JsonObject } {
  const answered = rows.filter((row) => row.seed === seed && row.outcome !== "failed");
  // A sample with one tool is certain for any tau, so it carries no information about tau; unless answers are judged.
  const { judgesSingles = false } = describeEstimator(variant.estimator.kind);
  const eligible = answered.filter(({ candidateCount }) => judgesSingles || candidateCount > 1);
  const points = eligible.flatMap((row) => toPoint(variant, row));
  if (points.length === 0) {
    const wanting = answered.length === 0 ? "was answered" : "offers more than one tool";
    throw new WhetstoneError(`No calibration record of seed ${seed} ${wanting}.`, {
      code: "CALIBRATION_EMPTY",
      hint: `Rerun them with: npx whetstone retry ${sweep} --failed; or set tau to a number.`,
    });
  }
  const { tau, ...quality } = chooseThreshold(points);
  const failed = rows.filter((row) => row.seed === seed && row.outcome === "failed").length;
  const records = eligible.map(({ dataset, sampleKey }) => `${dataset}/${sampleKey}`);
  const single = answered.length - eligible.length;
  return { tau, details: { ...quality, failed, single, records } };
}

/** Applies this variant's estimator to the stored scores; the row may have run with another estimator. */
function toPoint({ estimator }: VariantSpec, row: ResultRow): CalibrationPoint[] {
  const scored = row.trace.uncertainty;
  if (!scored) return [];
  const estimate = createEstimator(estimator, deriveBaseSeed(row.seed));
  const { margin } = estimate(scored.candidates, row.sampleKey, scored.answers);
  return [{ margin, baseWrong: row.correct !== true }];
}
