import { compareTexts } from "../../domain/text/compare-texts.js";
import { sampleContentHash } from "../../domain/identity/sample-hash.js";
import type { ResultRow } from "../../store/store.js";
import { sampleId } from "../model/sample-id.js";
import type { WholeSweep } from "../model/whole-sweep.js";

/** A variant of one sweep and the variant of the other sweep that it is compared with. */
export interface VariantPair {
  readonly before: string;
  readonly after: string;
}

/** Two units that answered the same sample with the same seed. */
export interface AlignedUnits {
  readonly before: ResultRow;
  readonly after: ResultRow;
}

/** Units of two sweeps, side by side. */
export interface Alignment {
  readonly pairs: readonly AlignedUnits[];
  /** Units whose sample and seed the other sweep does not have. */
  readonly onlyBefore: readonly ResultRow[];
  readonly onlyAfter: readonly ResultRow[];
}

/**
 * Pairs units by seed and by the content of their sample (conversation and tools), not by its
 * position in a file. Equal samples within one sweep are distinguished by their order. A sample
 * that is no longer stored is identified by its key.
 */
export function alignUnits(
  before: WholeSweep,
  after: WholeSweep,
  variants: VariantPair,
): Alignment {
  const left = identify(before, variants.before);
  const right = identify(after, variants.after);
  return {
    pairs: [...left].flatMap(([identity, unit]) => {
      const other = right.get(identity);
      return other === undefined ? [] : [{ before: unit, after: other }];
    }),
    onlyBefore: [...left].filter(([identity]) => !right.has(identity)).map(([, unit]) => unit),
    onlyAfter: [...right].filter(([identity]) => !left.has(identity)).map(([, unit]) => unit),
  };
}

/** Units of one variant, keyed by what makes them comparable. */
function identify(sweep: WholeSweep, variant: string): Map<string, ResultRow> {
  const identities = identifySamples(sweep);
  return new Map(
    sweep.units
      .filter((unit) => unit.variant === variant)
      .map((unit) => [`${identities.get(sampleId(unit)) ?? sampleId(unit)}/${unit.seed}`, unit]),
  );
}

/** Content hash of each sample, numbered if a sweep has it more than once. */
function identifySamples({ samples }: WholeSweep): Map<string, string> {
  const seen = new Map<string, number>();
  const ordered = [...samples].sort(
    ([, left], [, right]) =>
      compareTexts(left.sample.dataset, right.sample.dataset) || left.sample.row - right.sample.row,
  );
  return new Map(
    ordered.map(([id, { sample }]) => {
      const hash = sampleContentHash(sample);
      const count = seen.get(hash) ?? 0;
      seen.set(hash, count + 1);
      return [id, `${hash}#${count}`];
    }),
  );
}
