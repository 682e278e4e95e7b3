import type { ResolvedConfig } from "../../domain/config/config.js";
import type { EstimatorSpec } from "../../domain/config/variant.js";
import { describeMethod } from "../../domain/methods/registry.js";
import { describeEstimator } from "../../domain/uncertainty/registry.js";
import type { FlaggedCount } from "../../store/store.js";

/** A gated variant, and how many samples of one data set its gate flagged over all seeds. */
export interface FlaggedShare extends FlaggedCount {
  readonly estimator: EstimatorSpec;
  /** `flagged / judged`, four decimals: the rate of a random gate that adapts as many. */
  readonly share: number;
}

/**
 * The flagged share of every variant that random-gate can control for, by data set. The data sets of a sweep differ in
 * difficulty, so each has its own share.
 */
export function listFlaggedShares(
  { variants, datasets }: Pick<ResolvedConfig, "variants" | "datasets">,
  counts: readonly FlaggedCount[],
): FlaggedShare[] {
  return variants.flatMap(({ name, method, selection, estimator }) => {
    const byMargin = describeEstimator(estimator.kind).flags === "tau";
    if (!isComparable(method) || !byMargin || selection !== "uncertain") return [];
    return datasets.flatMap(({ name: dataset }) => {
      const own = counts.find((each) => each.variant === name && each.dataset === dataset);
      if (own === undefined) return [];
      const share = Number((own.flagged / own.judged).toFixed(4));
      return [{ ...own, estimator, share }];
    });
  });
}

/** Whether only the gate sets the method apart from random-gate: pairs and their use are the same. */
function isComparable(method: ResolvedConfig["variants"][number]["method"]): boolean {
  const [own, gate] = [describeMethod(method), describeMethod("random-gate")];
  return own.role === "method" && own.pairs === gate.pairs && own.trains === gate.trains;
}

/** One line per flagged share: what to change in a copy of the variant. */
export function describeRandomGates(shares: readonly FlaggedShare[]): string[] {
  const several = new Set(shares.map(({ dataset }) => dataset)).size > 1;
  const lines = shares.map(({ variant, dataset, estimator, flagged, judged, share }) => {
    const samples = several ? `samples of ${dataset}` : "samples";
    const changes = `{ name: ${variant}-by-chance, method: random-gate, estimator: ${writeGate(estimator, share)} }`;
    return `${variant} flagged ${flagged} of ${judged} ${samples}; its random gate is a copy of it with ${changes}`;
  });
  const note = "a random gate has one share: run it in one sweep per data set";
  return several ? [...lines, note] : lines;
}

function writeGate({ kind, weight, aggregate, samples }: EstimatorSpec, share: number): string {
  const fields = {
    kind,
    rate: share,
    ...(describeEstimator(kind).readsQueries === true && { weight }),
    ...(aggregate && { aggregate }),
    ...(samples && { samples }),
  };
  const written = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return `{ ${written.join(", ")} }`;
}
