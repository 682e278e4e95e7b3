import type { EstimatorSpec } from "../config/variant.js";
import { describeEstimator } from "./registry.js";

/** Names of estimators in legends, if not their kind. */
const NAMES: Readonly<Record<string, string>> = { rss: "RSS", perplexity: "PPL", nll: "NLL" };

/** Name of an estimator in legends; equal for equal margins. */
export function labelEstimator({ kind, weight, aggregate, samples }: EstimatorSpec): string {
  const parameters = [
    ...(describeEstimator(kind).readsQueries === true && weight !== 1 ? [`weight ${weight}`] : []),
    ...(aggregate === undefined ? [] : [aggregate]),
    ...(samples === undefined ? [] : [`${samples} samples`]),
  ];
  return [NAMES[kind] ?? kind, ...parameters].join(", ");
}
