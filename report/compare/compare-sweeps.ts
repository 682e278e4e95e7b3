import { canonicalJson } from "../../domain/json/canonical.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ResultRow } from "../../store/store.js";
import { share } from "../statistics/accuracy.js";
import { pairWithBase } from "../statistics/flips.js";
import type { WholeSweep } from "../model/whole-sweep.js";
import type { SeedTest } from "../statistics/variant-statistics.js";
import { bootstrapDifference } from "../statistics/variant-statistics.js";
import type { AlignedUnits, VariantPair } from "./align-units.js";
import { alignUnits } from "./align-units.js";
import type { ValueDifference } from "./list-differences.js";
import { listDifferences } from "./list-differences.js";

/** Two sweeps side by side. */
export interface SweepComparison {
  readonly before: string;
  readonly after: string;
  readonly variants: readonly VariantComparison[];
  /** Variants that only one of the sweeps has; empty if specific variants were requested. */
  readonly variantsOnlyBefore: readonly string[];
  readonly variantsOnlyAfter: readonly string[];
  readonly config: readonly ValueDifference[];
  readonly provenance: readonly ValueDifference[];
}

/** One pair of variants on the samples and seeds that both sweeps answered. */
export interface VariantComparison extends VariantPair {
  /** Pairs with an answer on both sides. */
  readonly n: number;
  /** Pairs left out because one side failed. */
  readonly failed: number;
  /** Share of right answers over the pairs. */
  readonly rightBefore: number | null;
  readonly rightAfter: number | null;
  readonly flips: readonly Flip[];
  readonly mcnemar: readonly SeedTest[];
  readonly bootstrap: { readonly low: number; readonly high: number; readonly p: number } | null;
  /** Pairs whose call lists differ, flipped or not. */
  readonly otherCalls: number;
  /** Unit keys without a partner. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** One sample that is right on one side only. */
export interface Flip {
  readonly direction: "gained" | "lost";
  readonly before: ResultRow;
  readonly after: ResultRow;
}

/** Which variants to compare; default: those with equal names. */
export interface ComparisonOptions {
  readonly variant?: string;
  readonly with?: string;
}

/** Compares two sweeps. Throws `VARIANT_UNKNOWN`, `COMPARISON_EMPTY`. */
export function compareSweeps(
  before: WholeSweep,
  after: WholeSweep,
  options: ComparisonOptions = {},
): SweepComparison {
  const pairs = choosePairs(before, after, options);
  const variants = pairs.map((pair) => compareVariants(before, after, pair));
  if (variants.every(({ n, failed }) => n + failed === 0)) {
    throw emptyComparison(before, after, "they share no sample and seed that both have run");
  }
  const [left, right] = [listNames(before), listNames(after)];
  const asked = options.variant !== undefined;
  return {
    before: before.record.name,
    after: after.record.name,
    variants,
    variantsOnlyBefore: asked ? [] : left.filter((name) => !right.includes(name)),
    variantsOnlyAfter: asked ? [] : right.filter((name) => !left.includes(name)),
    config: listDifferences(before.record.config, after.record.config),
    provenance: listDifferences(before.record.provenance, after.record.provenance),
  };
}

function choosePairs(
  before: WholeSweep,
  after: WholeSweep,
  options: ComparisonOptions,
): VariantPair[] {
  const { variant, with: other = variant } = options;
  if (variant !== undefined && other !== undefined) {
    requireVariant(before, variant);
    requireVariant(after, other);
    return [{ before: variant, after: other }];
  }
  const shared = listNames(before).filter((name) => listNames(after).includes(name));
  if (shared.length === 0) throw emptyComparison(before, after, "they share no variant");
  return shared.map((name) => ({ before: name, after: name }));
}

function compareVariants(
  before: WholeSweep,
  after: WholeSweep,
  variants: VariantPair,
): VariantComparison {
  const { pairs, onlyBefore, onlyAfter } = alignUnits(before, after, variants);
  const answered = pairs.filter((pair) => isAnswer(pair.before) && isAnswer(pair.after));
  // Both sides use the keys of the first, so that they pair like variants of one sweep.
  const left = answered.map((pair) => pair.before);
  const right = answered.map((pair) => underKeyOf(pair));
  return {
    ...variants,
    n: answered.length,
    failed: pairs.length - answered.length,
    rightBefore: share(left, (row) => row.correct === true),
    rightAfter: share(right, (row) => row.correct === true),
    flips: answered.flatMap((pair) => describeFlip(pair)),
    mcnemar: pairWithBase("", left, right).bySeed.map(({ seed, gained, lost, p }) => ({
      seed,
      gained,
      lost,
      p,
    })),
    bootstrap: bootstrapDifference(left, right),
    otherCalls: answered.filter(
      (pair) => canonicalJson(pair.before.calls) !== canonicalJson(pair.after.calls),
    ).length,
    onlyBefore: onlyBefore.map((row) => row.unitKey),
    onlyAfter: onlyAfter.map((row) => row.unitKey),
  };
}

function isAnswer(row: ResultRow): boolean {
  return row.outcome !== "failed";
}

function underKeyOf({ before, after }: AlignedUnits): ResultRow {
  return { ...after, dataset: before.dataset, sampleKey: before.sampleKey };
}

function describeFlip({ before, after }: AlignedUnits): Flip[] {
  if (before.correct === after.correct) return [];
  return [{ direction: after.correct === true ? "gained" : "lost", before, after }];
}

function listNames({ record }: WholeSweep): string[] {
  return record.config.variants.map((variant) => variant.name);
}

function requireVariant(sweep: WholeSweep, name: string): void {
  const names = listNames(sweep);
  if (names.includes(name)) return;
  throw new WhetstoneError(
    `Sweep ${sweep.record.name} has no variant "${name}". It has: ${names.join(", ")}.`,
    { code: "VARIANT_UNKNOWN", hint: `npx whetstone status ${sweep.record.name}` },
  );
}

function emptyComparison(before: WholeSweep, after: WholeSweep, why: string): WhetstoneError {
  const [left, right] = [before.record.name, after.record.name];
  return new WhetstoneError(
    `Sweeps ${left} and ${right} cannot be compared: ${why}. ${left} has ${listNames(before).join(", ")}; ${right} has ${listNames(after).join(", ")}.`,
    {
      code: "COMPARISON_EMPTY",
      hint: `npx whetstone compare ${left} ${right} --variant ${listNames(before)[0] ?? "A"} --with ${listNames(after)[0] ?? "B"}`,
    },
  );
}
