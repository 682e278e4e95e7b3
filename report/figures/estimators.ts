import type { EstimatorCurve } from "../statistics/estimator-quality.js";
import { measureEstimators } from "../statistics/estimator-quality.js";
import type { FigureContext } from "./context.js";
import { derivePerplexity } from "./perplexity.js";

/** Names of estimators as legends write them. */
const NAMES: Readonly<Record<string, string>> = { rss: "RSS", perplexity: "PPL", nll: "NLL" };

/** One estimator's quality, under its name. */
export interface NamedEstimator {
  readonly name: string;
  readonly quality: EstimatorCurve;
}

/**
 * The estimators that this data set's variants used, each once: variants with the same one have the
 * same margins. PPL follows from the scores of RSS where no variant used it. Those that do not look
 * at the sample are left out.
 */
export function listEstimators(context: FigureContext): NamedEstimator[] {
  const found = new Map<string, NamedEstimator>();
  for (const quality of measureEstimators(context.sweep)) {
    if (quality.dataset !== context.dataset.dataset) continue;
    if (quality.estimator === "random" || quality.estimator === "trivial") continue;
    const known = found.get(quality.estimator);
    if (known !== undefined && known.quality.n >= quality.n) continue;
    found.set(quality.estimator, {
      name: NAMES[quality.estimator] ?? quality.estimator,
      quality,
    });
  }
  const perplexity = found.has("perplexity") ? null : derivePerplexity(context);
  return [
    ...found.values(),
    ...(perplexity === null ? [] : [{ name: "PPL", quality: perplexity }]),
  ];
}
