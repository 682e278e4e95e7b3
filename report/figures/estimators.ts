import { describeEstimator } from "../../domain/uncertainty/registry.js";
import type { EstimatorCurve } from "../statistics/estimator-quality.js";
import { measureEstimators } from "../statistics/estimator-quality.js";
import type { FigureContext } from "./context.js";
import { derivePerplexity } from "./perplexity.js";

/** One estimator's quality, with its name. */
export interface NamedEstimator {
  readonly name: string;
  readonly quality: EstimatorCurve;
}

/**
 * Estimators used by the dataset's variants, each once, because variants that share one have the
 * same margins. If no variant used PPL, it is derived from the scores of RSS. Estimators that
 * ignore the sample are left out.
 */
export function listEstimators(context: FigureContext): NamedEstimator[] {
  const found = new Map<string, NamedEstimator>();
  for (const quality of measureEstimators(context.sweep)) {
    if (quality.dataset !== context.dataset.dataset) continue;
    if (describeEstimator(quality.estimator).flags !== "tau") continue;
    const known = found.get(quality.label);
    if (known !== undefined && known.quality.n >= quality.n) continue;
    found.set(quality.label, { name: quality.label, quality });
  }
  const perplexity = found.has("PPL") ? null : derivePerplexity(context);
  return [
    ...found.values(),
    ...(perplexity === null ? [] : [{ name: "PPL", quality: perplexity }]),
  ];
}
