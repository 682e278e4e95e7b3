import { createEstimator } from "../../domain/uncertainty/uncertainty.js";
import type { EstimatorCurve } from "../statistics/estimator-quality.js";
import { measurePoints } from "../statistics/estimator-quality.js";
import { findBase, listPerplexityVariants } from "../model/variant-roles.js";
import type { FigureContext } from "./context.js";

/**
 * Perplexity margins of samples that were scored for RSS: the same log-likelihoods, ranked as in
 * the paper's PPL baseline. No model runs. Null if nothing was scored.
 */
export function derivePerplexity(context: FigureContext): EstimatorCurve | null {
  const { variants } = context.sweep.record.config;
  const scored = listPerplexityVariants(variants).find(({ name }) =>
    context.rows.some((row) => row.variant === name && row.trace.uncertainty),
  );
  const base = scored === undefined ? null : findBase(variants, scored);
  if (scored === undefined || base === null) return null;
  const before = new Map(
    context.rows
      .filter((row) => row.variant === base)
      .map((row) => [`${row.sampleKey}/${row.seed}`, row.correct]),
  );
  const points = context.rows.flatMap((row) => {
    const correct = before.get(`${row.sampleKey}/${row.seed}`) ?? null;
    const { uncertainty } = row.trace;
    if (row.variant !== scored.name || uncertainty === undefined || correct === null) return [];
    if (row.candidateCount === 1) return [];
    const estimate = createEstimator({ kind: "perplexity" }, row.seed);
    const { margin } = estimate(uncertainty.candidates, row.sampleKey);
    return [{ margin, baseWrong: !correct }];
  });
  return points.length === 0 ? null : measurePoints(points);
}
