import type { ResolvedConfig } from "../../domain/config/config.js";
import { describeMethod } from "../../domain/methods/registry.js";
import { isSelective } from "../../domain/methods/methods.js";
import { describeEstimator } from "../../domain/uncertainty/registry.js";
import type { ResultRow } from "../../store/store.js";

/** A gated variant, and how many of its samples the gate flagged over all data sets and seeds. */
export interface FlaggedShare {
  readonly variant: string;
  readonly flagged: number;
  readonly judged: number;
  /** `flagged / judged`, four decimals: the rate of a random gate that adapts as many. */
  readonly share: number;
}

/** The flagged share of every method that adapts the samples that H flags; chance as H is no gate to compare with. */
export function listFlaggedShares(
  { variants }: Pick<ResolvedConfig, "variants">,
  rows: readonly Pick<ResultRow, "variant" | "uncertain">[],
): FlaggedShare[] {
  return variants.flatMap(({ name, method, selection, estimator }) => {
    const gates = isSelective(method) && describeMethod(method).role === "method";
    const byMargin = describeEstimator(estimator.kind).flags === "tau";
    if (!gates || !byMargin || selection !== "uncertain") return [];
    const judged = rows.filter((row) => row.variant === name && row.uncertain !== null);
    if (judged.length === 0) return [];
    const flagged = judged.filter(({ uncertain }) => uncertain === true).length;
    const share = Number((flagged / judged.length).toFixed(4));
    return [{ variant: name, flagged, judged: judged.length, share }];
  });
}

/** One line per flagged share: the control to add to the config. */
export function describeRandomGates(shares: readonly FlaggedShare[]): string[] {
  return shares.map(
    ({ variant, flagged, judged, share }) =>
      `${variant} flagged ${flagged} of ${judged} samples; its random gate: { name: ${variant}-by-chance, method: random-gate, estimator: { kind: random, rate: ${share} } }`,
  );
}
