import { canonicalJson } from "../json/canonical.js";
import type { SweepIdentity } from "./config-hash.js";
import { shortenText } from "../text/cut-text.js";

/** One field in which two identities differ; `undefined`: absent. */
export interface FieldDifference {
  readonly path: readonly string[];
  readonly stored: unknown;
  readonly now: unknown;
}

/** How a config compares with the stored sweep of the same name. */
export type ConfigComparison =
  | { readonly kind: "same" }
  /** Only seeds, variants, data sets or samples were added, so stored results stay valid. */
  | { readonly kind: "grown"; readonly added: readonly FieldDifference[] }
  | { readonly kind: "conflicting"; readonly differences: readonly FieldDifference[] };

/** Compares a stored identity with the current one, field by field. */
export function compareConfigs(stored: SweepIdentity, current: SweepIdentity): ConfigComparison {
  const differences = listDifferences([], normalise(stored), normalise(current));
  const conflicts = differences.filter((difference) => !isGrowth(difference, stored));
  if (conflicts.length > 0) return { kind: "conflicting", differences: conflicts };
  return differences.length === 0 ? { kind: "same" } : { kind: "grown", added: differences };
}

/** One line per difference: `variants.tt-si.tau: 0.95 -> 0.9`. */
export function formatDifference({ path, stored, now }: FieldDifference): string {
  return `${path.join(".")}: ${formatValue(stored)} -> ${formatValue(now)}`;
}

type Fields = Readonly<Record<string, unknown>>;

/** Converts seeds to a mapping, so that an added seed is an added field. */
function normalise(identity: SweepIdentity): Fields {
  return {
    ...identity,
    seeds: Object.fromEntries(identity.seeds.map((seed) => [String(seed), seed])),
  };
}

function listDifferences(
  path: readonly string[],
  stored: Fields,
  current: Fields,
): FieldDifference[] {
  const keys = [...new Set([...Object.keys(stored), ...Object.keys(current)])].sort();
  return keys.flatMap((key) => {
    const [before, now] = [stored[key], current[key]];
    if (isFields(before) && isFields(now)) return listDifferences([...path, key], before, now);
    const equal =
      before !== undefined && now !== undefined && canonicalJson(before) === canonicalJson(now);
    return equal ? [] : [{ path: [...path, key], stored: before, now }];
  });
}

function isGrowth({ path, stored, now }: FieldDifference, whole: SweepIdentity): boolean {
  const [list, , field] = path;
  if (path.length === 2 && stored === undefined) {
    if (list === "seeds" || list === "variants") return true;
    // Thresholds depend on the calibration records of all data sets, so more records would change them.
    const calibrated = Object.values(whole.variants).some((variant) => variant.tau === "auto");
    return list === "datasets" && !(calibrated && isFields(now) && now["calibration"] !== 0);
  }
  if (list !== "datasets" || typeof stored !== "number" || typeof now !== "number") return false;
  if (field === "reported") return now > stored;
  return field === "calibration" && stored === 0;
}

function formatValue(value: unknown): string {
  if (value === undefined) return "(none)";
  const text = canonicalJson(value);
  return shortenText(text, 80);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
